import type * as z from 'zod';
import type * as holdShapes from '../../../schemas/hold-responses.ts';
import type * as shapes from '../../../schemas/responses.ts';

/*
 * One scenario for all calls of the reference: a loan of 20,000 USD is posted and Ana is invited to it with 5,000. It is
 * closed once she has accepted. For the calls of operators, her invitation is held. A test runs it on the real program and
 * compares each response with the example.
 */

export interface CallExample {
  readonly request?: object;
  readonly response: object;
}

type Lender = z.output<typeof shapes.lenderShape>;
type Invitation = z.output<typeof shapes.invitationShape>;
type Loan = z.output<typeof shapes.loanShape>;

export const REQUEST_ID = '01a202a0-d026-7b71-b66b-7dd140286085';
export const LOAN_ID = '01a202a0-d02c-78e5-940b-844f91530ecc';

const ana: Lender = {
  lender_id: 'kUU1Pd7wkioQxz6Dh7fdLg',
  email: 'ana@example.com',
  name: 'Ana',
  contribution_amount: 5000,
  status: 'pending',
  invited_at: '2026-03-01T09:15:00.000Z',
  expires_at: '2026-03-31T09:15:00.000Z',
};

const ben: Lender = { ...ana, lender_id: 'Zq0b3mWc8Tn5YxHfVJr1sA', email: 'ben@example.com', name: 'Ben' };

const chloe: Lender = {
  lender_id: 'p4Xe_9uLdK2hRk7GtMw-Qw',
  email: 'chloe@example.com',
  contribution_amount: 2500.5,
  status: 'pending',
  invited_at: ana.invited_at,
  expires_at: ana.expires_at,
};

const terms = { amount: 20_000, currency: 'USD', interest_rate: 4.5, term_months: 36, purpose: 'A workshop of our own' };

const totals = {
  total_invited: 5000,
  total_accepted: 0,
  remaining: 15_000,
  lender_count: 1,
  status: 'open',
  version: 1,
} as const;

const loan: Loan = { loan_id: LOAN_ID, ...terms, ...totals, created_at: ana.invited_at };
const emptyLoan: Loan = { ...loan, total_invited: 0, remaining: 20_000, lender_count: 0, version: 2 };

const loanCreated: z.output<typeof shapes.loanCreatedResponse> = {
  success: true,
  loan,
  lenders_added: 1,
  lenders: [ana],
  total_invited: 5000,
  remaining: 15_000,
};

const lendersAdded: z.output<typeof shapes.lendersAddedResponse> = {
  success: true,
  loan_id: LOAN_ID,
  lenders_added: 2,
  total_invited: 12_500.5,
  loan_amount: 20_000,
  remaining: 7499.5,
  currency: 'USD',
  lenders: [ben, chloe],
};

const invitation: Invitation = {
  loan_id: LOAN_ID,
  ...ana,
  loan: { ...terms, status: 'open', total_accepted: 0 },
  borrower: { email: 'borrower@example.com', name: null },
};

const acceptedLoan: Loan = { ...loan, total_accepted: 5000, version: 2 };
const acceptedInvitation: Invitation = { ...invitation, status: 'accepted', loan: { ...invitation.loan, total_accepted: 5000 } };

const eventFields = { loan_id: LOAN_ID, at: ana.invited_at, actor: 'borrower', request_id: REQUEST_ID } as const;

const events: z.output<typeof shapes.eventsResponse> = {
  success: true,
  events: [
    { event_id: `${LOAN_ID}.1.0`, type: 'loan.created', ...eventFields, data: { loan: totals, terms } },
    { event_id: `${LOAN_ID}.1.1`, type: 'lender.invited', ...eventFields, data: { loan: totals, lender: ana } },
  ],
  next_cursor: 'pX4vQm0TzK8cR2hdMS4x',
};

/** @internal exported for tests */
export const IMPORT_ID = '01a202a0-d031-7c02-9d1e-5b2f4c7a9e10';

export const CSV_EXAMPLE = 'email,contribution_amount,name\nben@example.com,5000,Ben\nben@example.com,100,\n';

const imported: z.output<typeof shapes.importShape> = {
  import_id: IMPORT_ID,
  loan_id: LOAN_ID,
  status: 'completed',
  mode: 'per_row',
  mode_reason: 'As requested: each row is added or not by itself.',
  dry_run: false,
  rows_total: 2,
  rows_done: 2,
  outcomes: { added: 1, would_be_added: 0, already_invited: 0, invalid: 1, over_funding: 0, pending: 0, not_added: 0 },
  amount_added: 5000,
  resumes_at: null,
  created_at: ana.invited_at,
  ended_at: ana.invited_at,
  failure: null,
  failure_code: null,
};

const importRows: z.output<typeof shapes.importRowsResponse>['rows'] = [
  {
    row: 1,
    line: 2,
    email: ben.email,
    contribution_amount: '5000',
    name: 'Ben',
    outcome: 'added',
    lender_id: ben.lender_id,
  },
  {
    row: 2,
    line: 3,
    email: ben.email,
    contribution_amount: '100',
    outcome: 'invalid',
    code: 'DUPLICATE_IN_REQUEST',
    message: 'ben@example.com is already in line 2. Each address is invited once.',
  },
];

const HOLD_ID = `${LOAN_ID}-1772356500000`;
/** @internal exported for tests */
export const OPERATOR_ID = 'Xn7Qb2fWm0sYc4RzUe1LpA';

const hold: z.output<typeof holdShapes.holdShape> = {
  hold_id: HOLD_ID,
  loan_id: LOAN_ID,
  status: 'held',
  is_enforced: true,
  invitations: 1,
  score: 0.97,
  reasons: [{ feature: 'batchSize', label: 'many invitations at once', contribution: 2.25 }],
  model_version: '2026-02-20',
  invited_at: ana.invited_at,
  decided_at: null,
  decided_by: null,
  borrower: { name: null, email: 'borrower@example.com' },
  loan: { amount: terms.amount, currency: terms.currency, purpose: terms.purpose },
};
const decided = { ...hold, decided_at: ana.invited_at, decided_by: OPERATOR_ID };

/** By the endpoint name of the use case. */
export const callExamples: Readonly<Record<string, CallExample>> = {
  CreateLoan: {
    request: { ...terms, lenders: [{ email: 'ana@example.com', contribution_amount: 5000, name: 'Ana' }] },
    response: loanCreated,
  },
  ListLoans: { response: { success: true, loans: [loan], next_cursor: null } },
  ReadLoan: { response: { success: true, loan, mails_on_their_way: 0 } },
  AddLenders: {
    request: {
      lenders: [
        { email: 'ben@example.com', contribution_amount: 5000, name: 'Ben' },
        { email: 'chloe@example.com', contribution_amount: '2500.50' },
      ],
    },
    response: lendersAdded,
  },
  ListLenders: { response: { success: true, lenders: [ana], next_cursor: null } },
  ChangeLender: {
    request: { contribution_amount: 7500 },
    response: {
      success: true,
      lender: { ...ana, contribution_amount: 7500 },
      loan: { ...loan, total_invited: 7500, remaining: 12_500, version: 2 },
    },
  },
  RevokeLender: { response: { success: true, lender: { ...ana, status: 'revoked' }, loan: emptyLoan } },
  RemindLender: { response: { success: true, lender: ana, next_reminder_at: '2026-03-02T00:00:00.000Z' } },
  ImportLenders: {
    response: {
      success: true,
      import: {
        ...imported,
        status: 'running',
        rows_done: 0,
        amount_added: 0,
        ended_at: null,
        outcomes: { ...imported.outcomes, added: 0, pending: 1 },
      },
    },
  },
  ReadImport: { response: { success: true, import: imported } },
  ListImportRows: { response: { success: true, rows: importRows, next_cursor: null } },
  CloseLoan: { response: { success: true, loan: { ...acceptedLoan, status: 'funded', version: 3 } } },
  CancelLoan: { response: { success: true, loan: { ...emptyLoan, status: 'cancelled' } } },
  ReadEvents: { response: events },
  ListInvitations: { response: { success: true, invitations: [invitation], next_cursor: null } },
  AcceptInvitation: {
    request: { contribution_amount: 5000 },
    response: { success: true, invitation: acceptedInvitation, loan: acceptedLoan },
  },
  ListHolds: { response: { success: true, holds: [hold], next_cursor: null } },
  ReadHold: {
    response: {
      success: true,
      hold: { ...hold, lenders: [{ email: ana.email, name: 'Ana', contribution_amount: 5000 }] },
    },
  },
  ReleaseHold: { response: { success: true, hold: { ...decided, status: 'released' } } },
  RejectHold: { response: { success: true, hold: { ...decided, status: 'rejected' } } },
  DeclineInvitation: { response: { success: true, invitation: { ...invitation, status: 'declined' }, loan: emptyLoan } },
};

/** By parameter name. */
export const parameterExamples: Readonly<Record<string, string>> = {
  loan_id: LOAN_ID,
  lender_id: ana.lender_id,
  import_id: IMPORT_ID,
  hold_id: HOLD_ID,
  mode: 'per_row',
  'Idempotency-Key': 'workshop-2026-03-01',
};
