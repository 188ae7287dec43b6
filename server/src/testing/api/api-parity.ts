import { pathParameters, routes, takesBody } from '../../api/http/routes.ts';
import type { UseCase } from '../../execution/use-case.ts';
import { failingStore } from '../app/failing-store.ts';
import { valuesOf } from '../app/read-metrics.ts';
import type { Answer } from '../app/response.ts';
import { openTestApp, type TestAppOptions } from '../app/test-app.ts';
import { inGraphQl, inJson, rootFieldOf } from './graphql.ts';

/* One request through one door or the other, and all that came of it, in words that both have. */

interface AskedOf {
  readonly useCase: UseCase;
  readonly members: Readonly<Record<string, unknown>>;
  readonly who: keyof Scene['tokens'];
  readonly headers: Readonly<Record<string, string>>;
}

interface ApiOutcome {
  /** `OK`, or the code of the refusal. */
  readonly code: string;
  readonly message?: string;
  readonly details?: Answer['body'];
  readonly retryable?: boolean;
  readonly retryAfter?: number;
  readonly body?: unknown;
}

export interface Came {
  readonly outcome: ApiOutcome;
  readonly answer: Answer;
}

export type Api = (scene: Scene, context: AskedOf) => Promise<Came>;

export type Scene = Awaited<ReturnType<typeof openScene>>;

/** A borrower with an open loan, in which ann is invited, and a cancelled one. */
export async function openScene(options: TestAppOptions) {
  const { store, fail } = failingStore();
  const testApp = await openTestApp({ store, ...options });
  const people = {
    borrower: await testApp.as('borrower@example.com'),
    ann: await testApp.as('ann@example.com'),
    stranger: await testApp.as('stranger@example.com'),
    unverified: await testApp.as('borrower@example.com', { email_verified: false }),
  };
  const { borrower } = people;
  const [openLoan, cancelledLoan] = [await borrower.postsLoan(), await borrower.postsLoan()];
  const invited = await borrower.post(`/loans/${openLoan}/lenders`, {
    lenders: [{ email: 'ann@example.com', contribution_amount: 100, name: 'Ann' }],
  });
  await borrower.post(`/loans/${cancelledLoan}/cancel`);
  testApp.advance(60_000); // whoever has made requests so far has all of them left again
  const tokens = {
    ...{ borrower: borrower.token, ann: people.ann.token, stranger: people.stranger.token, unverified: people.unverified.token },
    ...{ nobody: undefined, forger: `${borrower.token.slice(0, -4)}AAAA` },
  };
  const by = (who: keyof typeof tokens, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    testApp.send(method, path, { ...(body !== undefined && { body }), headers: { ...bearerOf(tokens[who]), ...headers } });
  const annId: string = invited.body.lenders[0].lender_id;

  return {
    ...{ testApp, tokens, openLoan, cancelledLoan, annId, by, fail },
    /** What `work` came to, was counted as, and made the store do. */
    async counting(work: () => Promise<Came>) {
      const before = await countsOf(testApp);
      const came: { outcome?: ApiOutcome } = {};
      const calls = await testApp.callsOf(async () => {
        came.outcome = (await work()).outcome;
      });
      const after = await countsOf(testApp);
      const counts = Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));
      const outcome = came.outcome ?? { code: 'nothing came' };
      return { outcome: plainly(outcome, openLoan, cancelledLoan), calls, counts: onlyChanged(counts) };
    },
    /** How the loans stand afterwards, and their history. */
    async kept(): Promise<unknown> {
      testApp.advance(60_000);
      const told = [];
      for (const loan of (await borrower.get('/loans')).body.loans) {
        const path = `/loans/${loan.loan_id}`;
        const { lenders } = (await borrower.get(`${path}/lenders`)).body;
        told.push(loan, byAddress(lenders), (await borrower.get(`${path}/events`)).body);
      }
      return plainly(told, openLoan, cancelledLoan);
    },
  };
}

export const viaRest: Api = async ({ by }, { useCase, members, who, headers }) => {
  const route = routes.find((candidate) => candidate.useCase === useCase);
  if (!route) throw new Error(`${useCase.endpoint} has no route`);
  const named = pathParameters(route.path);
  const path = named.reduce((text, name) => text.replace(`{${name}}`, String(members[name])), route.path);
  const rest = Object.entries(members).filter(([name]) => !named.includes(name));
  const query = useCase.kind === 'query' && rest.length > 0 ? `?${rest.map(([name, value]) => `${name}=${value}`).join('&')}` : '';
  const answer = await by(who, route.method, path + query, takesBody(route) ? Object.fromEntries(rest) : undefined, headers);
  const { error, message, details, retryable, retry_after } = answer.body;
  if (answer.status >= 400) return { answer, outcome: refusal(error, message, details, retryable, retry_after) };
  return {
    answer,
    outcome: { code: 'OK', body: withoutNulls(useCase.kind === 'query' ? told(useCase, answer.body) : answer.body) },
  };
};

export const BY_GRAPHQL: Api = async ({ by }, { useCase, members, who, headers }) => {
  const answer = await by(who, 'POST', '/graphql', inGraphQl(useCase, members), headers);
  const { data, errors } = answer.body;
  if (errors?.length > 0) {
    const { code, details, retryable, retryAfter, requestId } = errors[0].extensions;
    if (requestId !== answer.headers.get('X-Request-Id')) throw new Error('an error names another request');
    return { answer, outcome: refusal(code, errors[0].message, details, retryable, retryAfter) };
  }
  return { answer, outcome: { code: 'OK', body: withoutNulls(inJson(data[rootFieldOf(useCase).name])) } };
};

/** A query's field is what is asked for itself. */
function told({ endpoint }: UseCase, { success: _, ...body }: Answer['body']): unknown {
  return endpoint === 'ReadLoan' ? body.loan : body;
}

function refusal(code: string, message: string, details: unknown, retryable: boolean, retryAfter: number | undefined): ApiOutcome {
  return { code, message, details, retryable, ...(retryAfter !== undefined && { retryAfter }) };
}

function bearerOf(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

async function countsOf(testApp: Parameters<typeof valuesOf>[1]): Promise<Record<string, number>> {
  const names = ['api_latency_milliseconds_count', 'lenders_added_total', 'api_errors_total', 'store_calls_total'];
  const values = await Promise.all(
    names.map(async (name) =>
      Object.entries(await valuesOf(name, testApp)).map(([labels, count]) => [name + labels, count] as const),
    ),
  );
  return Object.fromEntries(values.flat());
}

function onlyChanged(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

/** In GraphQL a member is null where JSON leaves it out. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, member: unknown) => member ?? undefined);
}

/** Rows stand in the order of their ids, which is another one in each lab. */
function byAddress(lenders: readonly { readonly email: string }[]) {
  return lenders.toSorted((a, b) => (a.email < b.email ? -1 : 1));
}

/** Ids and cursors are other ones in each lab. */
function plainly<Told>(value: Told, openLoan: string, cancelledLoan: string): Told {
  const names = new Map([
    [openLoan, 'open'],
    [cancelledLoan, 'cancelled'],
  ]);
  const nameOf = (id: string) => {
    const [loan = '', ...rest] = id.split('.');
    return [names.get(loan) ?? 'new', ...rest].join('.');
  };
  return JSON.parse(JSON.stringify(value), (name, member: unknown) => {
    if (typeof member !== 'string') return member;
    if (['loan_id', 'event_id'].includes(name)) return nameOf(member);
    return ['lender_id', 'next_cursor', 'request_id'].includes(name) ? name : member;
  });
}
