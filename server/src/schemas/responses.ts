import * as z from 'zod';
import { IMPORT_FAILURE_CODES, IMPORT_MODES, IMPORT_STATUSES, ROW_OUTCOMES } from '../domain/imports/lender-import.ts';
import { ROW_REASONS } from '../domain/imports/row-reason.ts';
import { LENDER_STATUSES } from '../domain/lender.ts';
import { LOAN_STATUSES } from '../domain/loan.ts';
import { ACTORS, LENDER_EVENT_TYPES, LOAN_EVENT_TYPES } from '../domain/loan-events.ts';

/*
 * Response schemas: the types of `presenters.ts`, and the schemas of the API reference. Every member has a description
 * and, unless its values are listed, an example.
 */

/** Documents a member. A schema with an id of its own stays a reference. */
export function member<Schema extends z.ZodType>(schema: Schema, description: string, ...examples: readonly unknown[]): Schema {
  return schema.meta({ description, ...(examples.length > 0 && { examples: [...examples] }) });
}

export const money = (description: string, example: number) =>
  member(z.number(), `${description} In major units of the loan’s currency.`, example);
export const timestamp = z.string().meta({ format: 'date-time' });
export const time = (description: string, example: string) => member(timestamp, `${description} RFC 3339, UTC.`, example);
export const count = (description: string, example: number) => member(z.int().min(0), description, example);

const INVITED_AT = '2026-03-01T09:15:00.000Z';
const EXPIRES_AT = '2026-03-31T09:15:00.000Z';
export const success = member(z.literal(true), 'Always true; an error has false.');
export const loanId = member(z.string(), 'Id of the loan.', '01a202a0-d02c-78e5-940b-844f91530ecc');
const lenderId = member(
  z.string(),
  'Opaque id of the address in this loan; the same in every round of invitation.',
  'kUU1Pd7wkioQxz6Dh7fdLg',
);
const importId = member(z.string(), 'Id of the import.', '01a202a0-d031-7c02-9d1e-5b2f4c7a9e10');
const email = member(z.string(), 'The invited address, in canonical form.', 'ana@example.com');
const name = member(
  z.string().optional(),
  'Display name that the borrower gave, else the lender’s own once they have accepted. At most 80 characters.',
  'Ana',
);
export const nextCursor = member(
  z.string().nullable(),
  'Cursor of the next page, to be sent as `cursor`; null at the end.',
  'pX4vQm0TzK8cR2hdMS4x',
);
const nextEventCursor = member(
  z.string(),
  'Position after this page, to be sent as `after`; never null. A response with the cursor that was sent is the end for now: send it again for later events.',
  'pX4vQm0TzK8cR2hdMS4x',
);

export const lenderShape = z
  .object({
    lender_id: lenderId,
    email,
    name,
    contribution_amount: money('What the lender is invited to lend.', 5000),
    status: member(
      z.enum(LENDER_STATUSES),
      'State of the invitation. Past `expires_at` a pending one is `expired`; once the loan has ended it is `revoked`, or `expired` where that came first.',
    ),
    invited_at: time('When this round of invitation began.', INVITED_AT),
    expires_at: time('Until when the lender can answer.', EXPIRES_AT),
  })
  .meta({ id: 'Lender', description: 'A person’s part in one loan: an address, an amount, and the state of the invitation.' });

/** What lenders may infer. */
const SEEN_BY_ALL = 'Every lender of the loan sees it: with few lenders, it reveals what the others lend.';

const loanStatus = member(
  z.enum(LOAN_STATUSES),
  'An `open` loan can be changed. `funded`: all of it is accepted, or it was closed. `cancelled`: the borrower ended it.',
);

const progress = {
  total_invited: money(`Contributions of pending and accepted lenders. ${SEEN_BY_ALL}`, 5000),
  total_accepted: money(`Contributions of accepted lenders. ${SEEN_BY_ALL}`, 0),
  remaining: money(`What can still be invited: amount − total_invited. ${SEEN_BY_ALL}`, 15_000),
  lender_count: count(`Pending and accepted lenders. ${SEEN_BY_ALL}`, 1),
  status: loanStatus,
  version: member(z.int().min(1), 'Increases by one with each change of the loan.', 1),
};

export const terms = {
  amount: money('What the borrower wants to raise.', 20_000),
  currency: member(z.string(), 'ISO 4217.', 'USD'),
  interest_rate: member(z.number(), 'Nominal percent a year, 0 to 100, at most 3 decimals.', 4.5),
  term_months: member(z.int(), 'Months until the loan is paid back, 1 to 480.', 36),
  purpose: member(
    z.string().nullable(),
    'What the loan is for, at most 500 characters; null if not given.',
    'A workshop of our own',
  ),
};

export const loanShape = z
  .object({ loan_id: loanId, ...terms, ...progress, created_at: time('When the loan was posted.', INVITED_AT) })
  .meta({ id: 'Loan', description: 'What a borrower wants to raise, its terms, and how much of it is invited and accepted.' });

export const invitationShape = lenderShape
  .extend({
    loan_id: loanId,
    loan: member(
      z.object({ ...terms, status: loanStatus, total_accepted: progress.total_accepted }),
      'Terms of the loan, whether it is open, and how much of it is accepted: of a closed one, what it is over.',
    ),
    borrower: member(
      z.object({
        email: member(z.string(), 'Verified by the borrower’s sign-in.', 'borrower@example.com'),
        name: member(z.string().nullable(), 'The name in the borrower’s token; null if it has none.', 'Bea'),
      }),
      'Who invites.',
    ),
  })
  .meta({ id: 'Invitation', description: 'An invitation as the invited lender sees it.' });

export const eventShape = z
  .object({
    event_id: member(
      z.string(),
      'Id of the event. An event that comes twice has the same id.',
      '01a202a0-d02c-78e5-940b-844f91530ecc.1.0',
    ),
    type: member(z.enum([...LOAN_EVENT_TYPES, ...LENDER_EVENT_TYPES]), 'What happened.'),
    loan_id: loanId,
    at: time('When it happened.', INVITED_AT),
    actor: member(z.enum(ACTORS), 'Who caused it; `system` for what happens by itself, such as expiry.'),
    request_id: member(
      z.string().optional(),
      'Id of the request that caused it. Only visible to the user who acted.',
      '01a202a0-d026-7b71-b66b-7dd140286085',
    ),
    data: member(
      z.object({
        loan: member(z.object({ ...progress }), 'The loan after the change.'),
        terms: member(z.object(terms).optional(), 'With `loan.created`.'),
        lender: member(lenderShape.optional(), 'With `lender.*`: the lender after the change.'),
        import: member(
          z
            .object({
              import_id: importId,
              rows_total: count('Rows of the file.', 2),
              rows_done: count('Rows that have an outcome.', 2),
            })
            .optional(),
          'Progress of the import that caused the event; only visible to the borrower.',
        ),
      }),
      'What changed.',
    ),
  })
  .meta({ id: 'Event', description: 'An entry of a loan’s history.' });

/** Number of rows with each outcome, in the import of the examples. */
const OUTCOME_COUNTS: Readonly<Record<(typeof ROW_OUTCOMES)[number], readonly [description: string, example: number]>> = {
  added: ['Rows that are invited.', 1],
  would_be_added: ['Rows that would be invited; in a dry run.', 0],
  already_invited: ['Rows whose address has a pending or accepted invitation.', 0],
  invalid: ['Rows without a valid address or amount, or with an address of an earlier row.', 1],
  over_funding: ['Rows that exceed what remained of the loan when they were processed.', 0],
  pending: ['Rows that are not processed yet.', 0],
  not_added: ['Rows that the import did not reach before it ended.', 0],
};

export const importShape = z
  .object({
    import_id: importId,
    loan_id: loanId,
    status: member(
      z.enum(IMPORT_STATUSES),
      '`waiting`: the invitations of this hour are used up, and the import resumes by itself at `resumes_at`. `failed`: see `failure`.',
    ),
    mode: member(z.enum(IMPORT_MODES), 'Whether each row is added by itself, or all or none.'),
    mode_reason: member(z.string(), 'Why this mode, as a sentence.', 'As requested: each row is added or not by itself.'),
    dry_run: member(z.boolean(), 'Determines the outcome of each row, but invites nobody.', false),
    rows_total: count('Rows of the file.', 2),
    rows_done: count('Rows that have an outcome.', 2),
    outcomes: member(
      z.object(Object.fromEntries(ROW_OUTCOMES.map((outcome) => [outcome, count(...OUTCOME_COUNTS[outcome])]))),
      'Number of rows by outcome; their sum is `rows_total`.',
    ),
    amount_added: money('Sum of the contributions that were added, or would be in a dry run.', 5000),
    resumes_at: member(
      timestamp.nullable(),
      'When it continues: while `waiting`, or while `running` if its last step failed unexpectedly and is retried; else null. RFC 3339, UTC.',
      null,
    ),
    created_at: time('When the file was accepted.', INVITED_AT),
    ended_at: member(timestamp.nullable(), 'When it completed or failed; null before. RFC 3339, UTC.', INVITED_AT),
    failure: member(z.string().nullable(), 'Why it failed, as a sentence; else null.', null),
    failure_code: member(
      z.enum(IMPORT_FAILURE_CODES).nullable(),
      '`LOAN_NOT_OPEN`: the loan ended. `ROWS_NOT_ADDABLE`: a row could not be added, with `all_or_nothing`. `INTERNAL_ERROR`: an unexpected error, after many retries; the operator can resume the import. Null unless it failed.',
      null,
    ),
  })
  .meta({ id: 'Import', description: 'A file of lenders and its progress.' });

export const importRowShape = z
  .object({
    row: member(z.int().min(1), 'Number of the row, from 1, without the header and empty lines.', 1),
    line: member(z.int().min(1), 'Line of the file on which the row begins, from 1.', 2),
    email: member(z.string(), 'In canonical form; if invalid, as in the file.', 'ben@example.com'),
    contribution_amount: member(z.string(), 'In major units; if invalid, as in the file.', '5000'),
    name: member(z.string().optional(), 'Display name; if invalid, as in the file.', 'Ben'),
    outcome: member(z.enum(ROW_OUTCOMES), '`not_added`: the import ended before this row. `would_be_added`: in a dry run.'),
    code: member(z.string().optional(), 'Why it was not added: a code as in the `details` of an error.', 'DUPLICATE_IN_REQUEST'),
    reason: member(
      z.enum(ROW_REASONS).optional(),
      'With the code `INVALID`: what is wrong, for programs that have their own texts.',
      'EMAIL_INVALID',
    ),
    message: member(
      z.string().optional(),
      'Why it was not added, as a sentence.',
      'ben@example.com is already in line 2. Each address is invited once.',
    ),
    lender_id: member(lenderId.optional(), 'Id of the lender, if the row is added.', 'Zq0b3mWc8Tn5YxHfVJr1sA'),
  })
  .meta({ id: 'ImportRow', description: 'A row of a file of lenders, with its outcome.' });

const added = {
  lenders_added: count('Lenders that this request invited.', 1),
  lenders: member(z.array(lenderShape), 'The lenders that this request invited, in its order.'),
};
const loan = member(loanShape, 'The loan after the change.');
const lender = member(lenderShape, 'The lender after the change.');

export const lendersAddedResponse = z.object({
  success,
  loan_id: loanId,
  lenders_added: added.lenders_added,
  total_invited: progress.total_invited,
  loan_amount: terms.amount,
  remaining: progress.remaining,
  currency: terms.currency,
  lenders: added.lenders,
});

export const loanCreatedResponse = z.object({
  success,
  loan: member(loanShape, 'The new loan.'),
  lenders_added: added.lenders_added,
  lenders: added.lenders,
  total_invited: progress.total_invited,
  remaining: progress.remaining,
});

const page = <Shape extends z.ZodType>(shape: Shape, description: string) => member(z.array(shape), description);

export const loanResponse = z.object({ success, loan: member(loanShape, 'The loan.') });
export const ownLoanResponse = loanResponse.extend({
  mails_on_their_way: member(
    z.int().min(0).optional(),
    'Mails about pending invitations that have not left yet. They leave by themselves. Absent for a lender.',
    0,
  ),
});
export const lenderResponse = z.object({ success, lender, loan });
export const reminderResponse = z.object({
  success,
  lender: member(lenderShape, 'The lender who is reminded.'),
  next_reminder_at: time('When the lender can be reminded again.', '2026-03-02T00:00:00.000Z'),
});
export const invitationResponse = z.object({
  success,
  invitation: member(invitationShape, 'The invitation after the answer.'),
  loan,
});
export const loansResponse = z.object({
  success,
  loans: page(loanShape, 'Loans on this page, the newest first.'),
  next_cursor: nextCursor,
});
export const lendersResponse = z.object({
  success,
  lenders: page(lenderShape, 'Lenders on this page.'),
  next_cursor: nextCursor,
});
export const invitationsResponse = z.object({
  success,
  invitations: page(invitationShape, 'Invitations on this page, the newest first.'),
  next_cursor: nextCursor,
});
export const eventsResponse = z.object({
  success,
  events: page(eventShape, 'Events on this page, the oldest first.'),
  next_cursor: nextEventCursor,
});
export const importResponse = z.object({ success, import: member(importShape, 'The import.') });
export const importRowsResponse = z.object({
  success,
  rows: page(importRowShape, 'Rows on this page, in the order of the file.'),
  next_cursor: nextCursor,
});
