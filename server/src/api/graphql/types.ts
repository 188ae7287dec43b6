import type * as z from 'zod';
import { LENDER_STATUSES } from '../../domain/lender.ts';
import { LOAN_STATUSES } from '../../domain/loan.ts';
import { ACTORS, LENDER_EVENT_TYPES, LOAN_EVENT_TYPES } from '../../domain/loan-events.ts';
import {
  type eventShape,
  eventsResponse,
  type invitationShape,
  type lenderShape,
  lendersResponse,
  type loanShape,
} from '../../schemas/responses.ts';
import { readEvents } from '../../usecases/events/read-events.ts';
import { listLenders } from '../../usecases/lenders/list-lenders.ts';
import { type Builder, useCaseOptions } from './schema-builder.ts';

/* The response shapes of `schemas/responses.ts` in camelCase. `schema.test.ts` compares the two. */

type LoanJson = z.output<typeof loanShape>;
type LenderJson = z.output<typeof lenderShape>;
type InvitationJson = z.output<typeof invitationShape>;
type EventJson = z.output<typeof eventShape>;
type EventData = EventJson['data'];

export type Types = ReturnType<typeof addTypes>;

export function addTypes(builder: Builder) {
  const enums = addEnums(builder);
  const lender = addLender(builder, enums);
  const event = addEvent(builder, enums, lender);
  return { ...enums, lender, event, loan: addLoan(builder, enums, lender, event), invitation: addInvitation(builder, enums) };
}

type Enums = ReturnType<typeof addEnums>;
type Lender = ReturnType<typeof addLender>;
type Event = ReturnType<typeof addEvent>;

function addEnums(builder: Builder) {
  return {
    loanStatus: builder.enumType('LoanStatus', { values: LOAN_STATUSES }),
    lenderStatus: builder.enumType('LenderStatus', { values: LENDER_STATUSES }),
    actor: builder.enumType('Actor', { values: ACTORS }),
  };
}

function addLender(builder: Builder, { lenderStatus }: Enums) {
  return builder.objectRef<LenderJson>('Lender').implement({
    fields: (t) => ({
      lenderId: t.exposeID('lender_id'),
      email: t.exposeString('email'),
      name: t.exposeString('name', { nullable: true }),
      contributionAmount: t.expose('contribution_amount', { type: 'Money' }),
      status: t.expose('status', { type: lenderStatus }),
      invitedAt: t.expose('invited_at', { type: 'DateTime' }),
      expiresAt: t.expose('expires_at', { type: 'DateTime' }),
    }),
  });
}

function addLoan(builder: Builder, { loanStatus, lenderStatus }: Enums, lender: Lender, event: Event) {
  const lenderPage = builder.objectRef<z.output<typeof lendersResponse>>('LenderPage').implement({
    fields: (t) => ({
      lenders: t.expose('lenders', { type: [lender] }),
      nextCursor: t.exposeString('next_cursor', { nullable: true }),
    }),
  });
  const eventPage = builder.objectRef<z.output<typeof eventsResponse>>('EventPage').implement({
    fields: (t) => ({
      events: t.expose('events', { type: [event] }),
      nextCursor: t.exposeString('next_cursor'),
    }),
  });
  return builder.objectRef<LoanJson>('Loan').implement({
    fields: (t) => ({
      loanId: t.exposeID('loan_id'),
      amount: t.expose('amount', { type: 'Money' }),
      currency: t.exposeString('currency'),
      interestRate: t.exposeFloat('interest_rate'),
      termMonths: t.exposeInt('term_months'),
      purpose: t.exposeString('purpose', { nullable: true }),
      totalInvited: t.expose('total_invited', { type: 'Money' }),
      totalAccepted: t.expose('total_accepted', { type: 'Money' }),
      remaining: t.expose('remaining', { type: 'Money' }),
      lenderCount: t.exposeInt('lender_count'),
      status: t.expose('status', { type: loanStatus }),
      version: t.exposeInt('version'),
      createdAt: t.expose('created_at', { type: 'DateTime' }),
      lenders: t.field({
        ...useCaseOptions(listLenders),
        type: lenderPage,
        args: { limit: t.arg.int(), cursor: t.arg.string(), status: t.arg({ type: lenderStatus }) },
        resolve: ({ loan_id }, args, { run }) => run(listLenders, lendersResponse, { loanId: loan_id, ...args }),
      }),
      events: t.field({
        ...useCaseOptions(readEvents),
        type: eventPage,
        args: { limit: t.arg.int(), after: t.arg.string() },
        resolve: ({ loan_id }, args, { run }) => run(readEvents, eventsResponse, { loanId: loan_id, ...args }),
      }),
    }),
  });
}

function addInvitation(builder: Builder, { loanStatus, lenderStatus }: Enums) {
  const loan = builder.objectRef<InvitationJson['loan']>('InvitationLoan').implement({
    fields: (t) => ({
      amount: t.expose('amount', { type: 'Money' }),
      currency: t.exposeString('currency'),
      interestRate: t.exposeFloat('interest_rate'),
      termMonths: t.exposeInt('term_months'),
      purpose: t.exposeString('purpose', { nullable: true }),
      status: t.expose('status', { type: loanStatus }),
      totalAccepted: t.expose('total_accepted', { type: 'Money' }),
    }),
  });
  const borrower = builder.objectRef<InvitationJson['borrower']>('InvitationBorrower').implement({
    fields: (t) => ({ email: t.exposeString('email'), name: t.exposeString('name', { nullable: true }) }),
  });
  return builder.objectRef<InvitationJson>('Invitation').implement({
    fields: (t) => ({
      lenderId: t.exposeID('lender_id'),
      email: t.exposeString('email'),
      name: t.exposeString('name', { nullable: true }),
      contributionAmount: t.expose('contribution_amount', { type: 'Money' }),
      status: t.expose('status', { type: lenderStatus }),
      invitedAt: t.expose('invited_at', { type: 'DateTime' }),
      expiresAt: t.expose('expires_at', { type: 'DateTime' }),
      loanId: t.exposeID('loan_id'),
      loan: t.expose('loan', { type: loan }),
      borrower: t.expose('borrower', { type: borrower }),
    }),
  });
}

function addEvent(builder: Builder, { loanStatus, actor }: Enums, lender: Lender) {
  const loanTotals = builder.objectRef<EventData['loan']>('EventLoan').implement({
    fields: (t) => ({
      totalInvited: t.expose('total_invited', { type: 'Money' }),
      totalAccepted: t.expose('total_accepted', { type: 'Money' }),
      remaining: t.expose('remaining', { type: 'Money' }),
      lenderCount: t.exposeInt('lender_count'),
      status: t.expose('status', { type: loanStatus }),
      version: t.exposeInt('version'),
    }),
  });
  const terms = builder.objectRef<NonNullable<EventData['terms']>>('EventTerms').implement({
    fields: (t) => ({
      amount: t.expose('amount', { type: 'Money' }),
      currency: t.exposeString('currency'),
      interestRate: t.exposeFloat('interest_rate'),
      termMonths: t.exposeInt('term_months'),
      purpose: t.exposeString('purpose', { nullable: true }),
    }),
  });
  const progress = builder.objectRef<NonNullable<EventData['import']>>('EventImport').implement({
    fields: (t) => ({
      importId: t.exposeID('import_id'),
      rowsTotal: t.exposeInt('rows_total'),
      rowsDone: t.exposeInt('rows_done'),
    }),
  });
  const data = builder.objectRef<EventData>('EventData').implement({
    fields: (t) => ({
      loan: t.expose('loan', { type: loanTotals }),
      terms: t.expose('terms', { type: terms, nullable: true }),
      lender: t.expose('lender', { type: lender, nullable: true }),
      import: t.expose('import', { type: progress, nullable: true }),
    }),
  });
  return builder.objectRef<EventJson>('Event').implement({
    fields: (t) => ({
      eventId: t.exposeID('event_id'),
      type: t.exposeString('type', { description: [...LOAN_EVENT_TYPES, ...LENDER_EVENT_TYPES].join(', ') }),
      loanId: t.exposeID('loan_id'),
      at: t.expose('at', { type: 'DateTime' }),
      actor: t.expose('actor', { type: actor }),
      requestId: t.exposeString('request_id', { nullable: true }),
      data: t.expose('data', { type: data }),
    }),
  });
}
