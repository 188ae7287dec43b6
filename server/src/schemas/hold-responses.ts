import * as z from 'zod';
import { HOLD_STATUSES } from '../domain/risk/hold-status.ts';
import { count, loanId, member, money, nextCursor, success, terms, time, timestamp } from './responses.ts';

/* What operators see of holds. */

const INVITED_AT = '2026-03-01T09:15:00.000Z';

const holdMembers = {
  hold_id: member(z.string(), 'Opaque id of the hold.', '01a202a0-d02c-78e5-940b-844f91530ecc-1772356500000'),
  loan_id: loanId,
  status: member(
    z.enum(HOLD_STATUSES),
    '`held`: mail waits for a decision. `noted`: nobody has decided, and mail does not wait. `released`, `rejected`: what an operator has decided.',
  ),
  is_enforced: member(
    z.boolean(),
    'Whether mail waits for the decision. If not, the decision is a label for the next training only.',
    true,
  ),
  invitations: count('Invitations that were made at once, all of them in this hold.', 1),
  score: member(
    z.number().min(0).max(1).nullable(),
    'Probability that they are abusive, 0 to 1, by the model; null where it could not be computed.',
    0.97,
  ),
  reasons: member(
    z.array(
      z.object({
        feature: member(z.string(), 'Name of the feature in the model.', 'nearDuplicates'),
        label: member(z.string(), 'What it is about, in words.', 'addresses that differ by a character'),
        contribution: member(z.number(), 'What it adds to the score, as log-odds.', 2.25),
      }),
    ),
    'What raised the score, the largest contribution first.',
  ),
  model_version: member(z.string(), 'Version of the model.', '2026-02-20'),
  invited_at: time('When the invitations were made.', INVITED_AT),
  decided_at: member(timestamp.nullable(), 'When an operator decided; null before. RFC 3339, UTC.', null),
  decided_by: member(z.string().nullable(), 'Id of the user who decided; null before.', null),
  borrower: member(
    z.object({
      name: member(z.string().nullable(), 'The name in the borrower’s token; null if it has none.', 'Bea'),
      email: member(z.string(), 'Verified by the borrower’s sign-in.', 'borrower@example.com'),
    }),
    'Who invites.',
  ),
  loan: member(
    z.object({ amount: terms.amount, currency: terms.currency, purpose: terms.purpose }),
    'The loan to which they are invited.',
  ),
};

export const holdShape = z
  .object(holdMembers)
  .meta({ id: 'Hold', description: 'Invitations of one commit whose score is high, for an operator to decide on.' });

export const holdWithLendersShape = z
  .object({
    ...holdMembers,
    lenders: member(
      z.array(
        z.object({
          email: member(z.string(), 'The invited address, in canonical form.', 'ana@example.com'),
          name: member(z.string().nullable(), 'Display name that the borrower gave; null if they gave none.', 'Ana'),
          contribution_amount: money('What the lender was invited to lend.', 5000),
        }),
      ),
      'Who was invited, in the order of the request.',
    ),
  })
  .meta({ id: 'HoldWithLenders', description: 'A hold with the lenders who were invited.' });

export const holdsResponse = z.object({
  success,
  holds: member(z.array(holdShape), 'Holds on this page, the newest first.'),
  next_cursor: nextCursor,
});
export const holdResponse = z.object({ success, hold: member(holdWithLendersShape, 'The hold.') });
export const holdDecidedResponse = z.object({ success, hold: member(holdShape, 'The hold after the decision.') });
