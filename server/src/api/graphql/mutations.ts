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
  const answers = addAnswers(builder, types);
  const lenderInput = addLenderInput(builder);
  builder.mutationType();
  addLoanMutations(builder, answers, lenderInput);
  addLenderMutations(builder, answers, lenderInput);
  addInvitationMutations(builder, answers);
}

type Answers = ReturnType<typeof addAnswers>;

/** Each has the members of the answer that its use case gives through every door. */
function addAnswers(builder: Builder, { loan, lender, invitation }: Types) {
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

function addLoanMutations(builder: Builder, { loanCreated, loanEnded }: Answers, lenderInput: LenderInput): void {
  builder.mutationFields((t) => ({
    createLoan: t.field({
      ...useCaseField(createLoan),
      type: loanCreated,
      args: {
        amount: t.arg({ type: 'Money', required: true }),
        currency: t.arg.string(),
        interestRate: t.arg.float({ required: true }),
        termMonths: t.arg.int({ required: true }),
        purpose: t.arg.string(),
        lenders: t.arg({ type: [lenderInput] }),
      },
      resolve: (_, args, { run }) => run(createLoan, loanCreatedResponse, args),
    }),
    closeLoan: t.field({
      ...useCaseField(closeLoan),
      type: loanEnded,
      args: { loanId: t.arg.id({ required: true }) },
      resolve: (_, args, { run }) => run(closeLoan, loanResponse, args),
    }),
    cancelLoan: t.field({
      ...useCaseField(cancelLoan),
      type: loanEnded,
      args: { loanId: t.arg.id({ required: true }) },
      resolve: (_, args, { run }) => run(cancelLoan, loanResponse, args),
    }),
  }));
}

function addLenderMutations(builder: Builder, { lendersAdded, lenderChanged }: Answers, lenderInput: LenderInput): void {
  builder.mutationFields((t) => ({
    addLenders: t.field({
      ...useCaseField(addLenders),
      type: lendersAdded,
      args: { loanId: t.arg.id({ required: true }), lenders: t.arg({ type: [lenderInput], required: true }) },
      resolve: (_, args, { run }) => run(addLenders, lendersAddedResponse, args),
    }),
    changeLender: t.field({
      ...useCaseField(changeLender),
      type: lenderChanged,
      args: {
        loanId: t.arg.id({ required: true }),
        lenderId: t.arg.id({ required: true }),
        contributionAmount: t.arg({ type: 'Money', required: true }),
      },
      resolve: (_, args, { run }) => run(changeLender, lenderResponse, args),
    }),
    revokeLender: t.field({
      ...useCaseField(revokeLender),
      type: lenderChanged,
      args: { loanId: t.arg.id({ required: true }), lenderId: t.arg.id({ required: true }) },
      resolve: (_, args, { run }) => run(revokeLender, lenderResponse, args),
    }),
  }));
}

function addInvitationMutations(builder: Builder, { invitationAnswered }: Answers): void {
  builder.mutationFields((t) => ({
    acceptInvitation: t.field({
      ...useCaseField(acceptInvitation),
      type: invitationAnswered,
      args: { loanId: t.arg.id({ required: true }) },
      resolve: (_, args, { run }) => run(acceptInvitation, invitationResponse, args),
    }),
    declineInvitation: t.field({
      ...useCaseField(declineInvitation),
      type: invitationAnswered,
      args: { loanId: t.arg.id({ required: true }) },
      resolve: (_, args, { run }) => run(declineInvitation, invitationResponse, args),
    }),
  }));
}
