import type * as z from 'zod';
import {
  invitationResponse,
  lenderResponse,
  lendersAddedResponse,
  loanCreatedResponse,
  loanResponse,
} from '../../schemas/responses.ts';
import { acceptInvitation } from '../../usecases/invitations/accept-invitation.ts';
import { declineInvitation } from '../../usecases/invitations/decline-invitation.ts';
import { addLenders } from '../../usecases/lenders/add-lenders.ts';
import { changeLender } from '../../usecases/lenders/change-lender.ts';
import { revokeLender } from '../../usecases/lenders/revoke-lender.ts';
import { cancelLoan } from '../../usecases/loans/cancel-loan.ts';
import { closeLoan } from '../../usecases/loans/close-loan.ts';
import { createLoan } from '../../usecases/loans/create-loan.ts';
import { type Builder, useCaseField } from './schema-builder.ts';
import type { Types } from './types.ts';

export function addMutations(builder: Builder, types: Types): void {
  const responses = addResponses(builder, types);
  const lenderInput = addLenderInput(builder);
  builder.mutationType();
  addLoanMutations(builder, responses, lenderInput);
  addLenderMutations(builder, responses, lenderInput);
  addInvitationMutations(builder, responses);
}

type Responses = ReturnType<typeof addResponses>;

/** Each has the members of its use case's response. */
function addResponses(builder: Builder, { loan, lender, invitation }: Types) {
  return {
    loanCreated: builder.objectRef<z.output<typeof loanCreatedResponse>>('LoanCreated').implement({
      fields: (t) => ({
        success: t.exposeBoolean('success'),
        loan: t.expose('loan', { type: loan }),
        lendersAdded: t.exposeInt('lenders_added'),
        lenders: t.expose('lenders', { type: [lender] }),
        totalInvited: t.expose('total_invited', { type: 'Money' }),
        remaining: t.expose('remaining', { type: 'Money' }),
      }),
    }),
    lendersAdded: builder.objectRef<z.output<typeof lendersAddedResponse>>('LendersAdded').implement({
      fields: (t) => ({
        success: t.exposeBoolean('success'),
        loanId: t.exposeID('loan_id'),
        lendersAdded: t.exposeInt('lenders_added'),
        totalInvited: t.expose('total_invited', { type: 'Money' }),
        loanAmount: t.expose('loan_amount', { type: 'Money' }),
        remaining: t.expose('remaining', { type: 'Money' }),
        currency: t.exposeString('currency'),
        lenders: t.expose('lenders', { type: [lender] }),
      }),
    }),
    loanEnded: builder.objectRef<z.output<typeof loanResponse>>('LoanEnded').implement({
      fields: (t) => ({ success: t.exposeBoolean('success'), loan: t.expose('loan', { type: loan }) }),
    }),
    lenderChanged: builder.objectRef<z.output<typeof lenderResponse>>('LenderChanged').implement({
      fields: (t) => ({
        success: t.exposeBoolean('success'),
        lender: t.expose('lender', { type: lender }),
        loan: t.expose('loan', { type: loan }),
      }),
    }),
    invitationAnswered: builder.objectRef<z.output<typeof invitationResponse>>('InvitationAnswered').implement({
      fields: (t) => ({
        success: t.exposeBoolean('success'),
        invitation: t.expose('invitation', { type: invitation }),
        loan: t.expose('loan', { type: loan }),
      }),
    }),
  };
}

function addLenderInput(builder: Builder) {
  return builder.inputType('LenderInput', {
    fields: (t) => ({
      email: t.string({ required: true }),
      contributionAmount: t.field({ type: 'Money', required: true }),
      name: t.string(),
    }),
  });
}

type LenderInput = ReturnType<typeof addLenderInput>;

function addLoanMutations(builder: Builder, { loanCreated, loanEnded }: Responses, lenderInput: LenderInput): void {
  builder.mutationFields((t) => ({
    createLoan: t.field({
      ...useCaseField(createLoan, loanCreatedResponse),
      type: loanCreated,
      args: {
        amount: t.arg({ type: 'Money', required: true }),
        currency: t.arg.string(),
        interestRate: t.arg.float({ required: true }),
        termMonths: t.arg.int({ required: true }),
        purpose: t.arg.string(),
        lenders: t.arg({ type: [lenderInput] }),
      },
    }),
    closeLoan: t.field({
      ...useCaseField(closeLoan, loanResponse),
      type: loanEnded,
      args: { loanId: t.arg.id({ required: true }) },
    }),
    cancelLoan: t.field({
      ...useCaseField(cancelLoan, loanResponse),
      type: loanEnded,
      args: { loanId: t.arg.id({ required: true }) },
    }),
  }));
}

function addLenderMutations(builder: Builder, { lendersAdded, lenderChanged }: Responses, lenderInput: LenderInput): void {
  builder.mutationFields((t) => ({
    addLenders: t.field({
      ...useCaseField(addLenders, lendersAddedResponse),
      type: lendersAdded,
      args: { loanId: t.arg.id({ required: true }), lenders: t.arg({ type: [lenderInput], required: true }) },
    }),
    changeLender: t.field({
      ...useCaseField(changeLender, lenderResponse),
      type: lenderChanged,
      args: {
        loanId: t.arg.id({ required: true }),
        lenderId: t.arg.id({ required: true }),
        contributionAmount: t.arg({ type: 'Money', required: true }),
      },
    }),
    revokeLender: t.field({
      ...useCaseField(revokeLender, lenderResponse),
      type: lenderChanged,
      args: { loanId: t.arg.id({ required: true }), lenderId: t.arg.id({ required: true }) },
    }),
  }));
}

function addInvitationMutations(builder: Builder, { invitationAnswered }: Responses): void {
  builder.mutationFields((t) => ({
    acceptInvitation: t.field({
      ...useCaseField(acceptInvitation, invitationResponse),
      type: invitationAnswered,
      args: { loanId: t.arg.id({ required: true }), contributionAmount: t.arg({ type: 'Money' }) },
    }),
    declineInvitation: t.field({
      ...useCaseField(declineInvitation, invitationResponse),
      type: invitationAnswered,
      args: { loanId: t.arg.id({ required: true }) },
    }),
  }));
}
