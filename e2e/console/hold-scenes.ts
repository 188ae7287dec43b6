import type { RiskHold } from '../../server/src/domain/risk/risk-hold.ts';
import type { Store } from '../../server/src/storage/store.ts';
import { holdOf, storeHolds } from '../../server/src/testing/risk/seed-holds.ts';
import { type Client, signIn } from '../http-client.ts';
import type { Person, Scene } from './scenes.ts';

/* Invitations with a high score, as operators see them in each state. */

/** For the setting `OPERATORS`. */
export const OPERATOR = { email: 'olga@example.com', name: 'Olga Operator' };

const REASONS = [
  { feature: 'nearDuplicates', contribution: 3.1 },
  { feature: 'namePayload', contribution: 2.4 },
  { feature: 'accountAge', contribution: 1.2 },
  { feature: 'batchSize', contribution: 0.8 },
];
/** What must stay text. */
const PAYLOAD = 'Verify at https://evil.example <b>now</b>';

/** Fills a server that has the local issuer, and its store. @returns the screens of the operator */
export async function createHoldScenes(url: string, store: Store): Promise<readonly Scene[]> {
  const paypal = { email: 'secure.notice@example.org', name: 'PaуPal Security' };
  const bomber = { email: 'mona.weiss@example.com', name: 'Mona Weiss' };
  const held = await createHold(url, store, paypal, { purpose: PAYLOAD, amount: 20_000 }, bought(18), {
    score: 0.97,
    reasons: REASONS,
  });
  const noted = await createHold(url, store, bomber, { purpose: 'A van', amount: 900, currency: 'EUR' }, bought(3), {
    score: 0.38,
    isEnforced: false,
    reasons: REASONS.slice(2),
  });
  const unscored = await createHold(url, store, { email: 'sam@example.com' }, { purpose: null }, bought(1), {
    score: null,
    reasons: [{ feature: 'not-scored', contribution: 0 }],
  });
  const operator = await signIn(url, OPERATOR.email);
  const rejected = await createHold(url, store, bomber, { purpose: 'Another van' }, bought(5), { reasons: REASONS });
  await operator.post(`/operator/holds/${rejected}/reject`, {});
  const hold = (id: string) => ({ path: `/app/operator/holds/${id}`, as: OPERATOR });
  return [
    { name: 'holds', path: '/app/operator/holds', as: OPERATOR, shows: 'PaуPal Security' },
    { name: 'holds-empty', path: '/app/operator/holds?status=released', as: OPERATOR, shows: 'Nothing has been released yet.' },
    { name: 'hold', ...hold(held), shows: 'The e-mail waits for your decision' },
    { name: 'hold-noted', ...hold(noted), shows: 'the e-mail does not wait' },
    { name: 'hold-unscored', ...hold(unscored), shows: 'Not scored' },
    { name: 'hold-rejected', ...hold(rejected), shows: 'Decided by you' },
  ];
}

/** Posts a loan with its invitations, and stores a hold on them. @returns the id of the hold */
export async function createHold(
  url: string,
  store: Store,
  borrower: Person,
  loan: object,
  lenders: readonly object[],
  changes: Partial<RiskHold> = {},
): Promise<string> {
  const client = await signIn(url, borrower.email, borrower.name);
  const loanId = await client.postsLoan({ ...loan, lenders });
  const { invitedAt, userId } = await invitationsOf(client, loanId);
  const hold = holdOf(loanId, userId, invitedAt, { modelVersion: '2026-11-27', invitations: lenders.length, ...changes });
  await storeHolds({ store }, hold);
  return `${loanId}-${invitedAt}`;
}

async function invitationsOf(client: Client, loanId: string) {
  const [lenders, me] = await Promise.all([client.get(`/loans/${loanId}/lenders`), client.get('/auth/me')]);
  return { invitedAt: Date.parse(lenders.body.lenders[0].invited_at), userId: me.body.user.user_id };
}

/** Addresses as on a bought list. */
function bought(count: number): readonly object[] {
  return Array.from({ length: count }, (_, index) => ({
    email: `j.miller${index + 10}@mail${index % 3}.example.com`,
    ...(index % 4 > 0 && { name: index % 2 === 0 ? PAYLOAD : `Jo Miller ${index}` }),
    contribution_amount: 10,
  }));
}
