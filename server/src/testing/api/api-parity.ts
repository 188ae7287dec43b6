import { type GraphQLOutputType, getNamedType, isObjectType } from 'graphql';
import { toCamel, toSnake } from '../../api/graphql/naming.ts';
import { makeSchema } from '../../api/graphql/schema.ts';
import { useCaseOf } from '../../api/graphql/schema-builder.ts';
import { pathParameters, routes, takesBody } from '../../api/http/routes.ts';
import type { UseCase } from '../../execution/use-case.ts';
import { failingStore } from '../app/failing-store.ts';
import { metricsOf } from '../app/read-metrics.ts';
import type { TestResponse } from '../app/response.ts';
import { openTestApp, type TestAppOptions } from '../app/test-app.ts';

/* Sends one request through REST or GraphQL, and reads its outcome in terms that both have. */

interface ParityRequest {
  readonly useCase: UseCase;
  readonly members: Readonly<Record<string, unknown>>;
  readonly user: keyof Scene['tokens'];
  readonly headers: Readonly<Record<string, string>>;
}

export interface ParityResponse {
  /** `code` is `OK` or the error's; an error has the members of a REST error, a success has `body`. */
  readonly outcome: TestResponse['body'];
  readonly response: TestResponse;
}

export type Api = (scene: Scene, request: ParityRequest) => Promise<ParityResponse>;

export type Scene = Awaited<ReturnType<typeof openScene>>;

const schema = makeSchema();
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const COUNTERS = /^((?:api_latency_milliseconds_count|lenders_added_total|api_errors_total|store_calls_total)\{.*\}) (\d+)$/gm;

/** A borrower with an open loan, to which ann is invited, and a cancelled one. */
export async function openScene(options: TestAppOptions) {
  const { store, fail } = failingStore();
  const testApp = await openTestApp({ store, ...options });
  const borrower = await testApp.as('borrower@example.com');
  const tokens = {
    borrower: borrower.token,
    ann: (await testApp.as('ann@example.com')).token,
    stranger: (await testApp.as('stranger@example.com')).token,
    unverified: (await testApp.as('borrower@example.com', { email_verified: false })).token,
    forger: `${borrower.token.slice(0, -4)}AAAA`,
    nobody: undefined,
  };
  const [openLoan, cancelledLoan] = [await borrower.postsLoan(), await borrower.postsLoan()];
  const invited = await borrower.post(`/loans/${openLoan}/lenders`, {
    lenders: [{ email: 'ann@example.com', contribution_amount: 100, name: 'Ann' }],
  });
  await borrower.post(`/loans/${cancelledLoan}/cancel`);
  testApp.advance(60_000); // gives back the requests counted against rates so far

  /** Replaces ids and cursors, which differ between test apps. */
  function withoutIds<Value>(value: Value): Value {
    const text = JSON.stringify(value).replaceAll(openLoan, 'open').replaceAll(cancelledLoan, 'cancelled').replaceAll(UUID, 'new');
    const isReplaced = (name: string, member: unknown) => typeof member === 'string' && ['lender_id', 'next_cursor'].includes(name);
    return JSON.parse(text, (name, member: unknown) => (isReplaced(name, member) ? name : member));
  }

  async function readCounters(): Promise<Record<string, number>> {
    const lines = (await metricsOf(testApp)).matchAll(COUNTERS);
    return Object.fromEntries(Array.from(lines, ([, counter, count]) => [counter, Number(count)]));
  }

  return {
    testApp,
    tokens,
    openLoan,
    cancelledLoan,
    annId: String(invited.body.lenders[0].lender_id),
    fail,
    send(user: keyof typeof tokens, method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
      const authorization = tokens[user] === undefined ? {} : { Authorization: `Bearer ${tokens[user]}` };
      return testApp.send(method, path, { ...(body !== undefined && { body }), headers: { ...authorization, ...headers } });
    },
    /** The outcome of a request, the storage calls it made, and the counters it raised. */
    async measure(work: () => Promise<ParityResponse>) {
      const before = await readCounters();
      let outcome: ParityResponse['outcome'];
      const calls = await testApp.callsOf(async () => {
        ({ outcome } = await work());
      });
      const raised = Object.entries(await readCounters()).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
      return { outcome: withoutIds(outcome), calls, counts: Object.fromEntries(raised.filter(([, count]) => count !== 0)) };
    },
    /** All loans with their lenders and events. Lenders are sorted by address: their ids differ between test apps. */
    async readState(): Promise<unknown> {
      testApp.advance(60_000);
      const state = [];
      for (const loan of (await borrower.get('/loans')).body.loans) {
        const path = `/loans/${loan.loan_id}`;
        const lenders: { readonly email: string }[] = (await borrower.get(`${path}/lenders`)).body.lenders;
        const sorted = lenders.toSorted((a, b) => (a.email < b.email ? -1 : 1));
        state.push(loan, sorted, (await borrower.get(`${path}/events`)).body);
      }
      return withoutIds(state);
    },
  };
}

export const viaRest: Api = async ({ send }, { useCase, members, user, headers }) => {
  const route = routes.find((candidate) => candidate.useCase === useCase);
  if (!route) throw new Error(`${useCase.endpoint} has no route`);
  const inPath = pathParameters(route.path);
  const path = inPath.reduce((text, name) => text.replace(`{${name}}`, String(members[name])), route.path);
  const others = Object.entries(members).filter(([name]) => !inPath.includes(name));
  const query = useCase.kind === 'query' ? `?${others.map(([name, value]) => `${name}=${value}`).join('&')}` : '';
  const body = takesBody(route) ? Object.fromEntries(others) : undefined;
  const response = await send(user, route.method, path + query, body, headers);
  const { error, message, details, retryable, retry_after: retryAfter } = response.body;
  if (response.status >= 400) return { response, outcome: { code: error, message, details, retryable, retryAfter } };
  const { success: _, ...rest } = response.body;
  const queried = useCase.endpoint === 'ReadLoan' ? rest.loan : rest; // a GraphQL query returns the data itself
  return { response, outcome: { code: 'OK', body: withoutNulls(useCase.kind === 'query' ? queried : response.body) } };
};

export const viaGraphQl: Api = async ({ send }, { useCase, members, user, headers }) => {
  const { fieldName, body } = graphQlRequest(useCase, members);
  const response = await send(user, 'POST', '/graphql', body, headers);
  const { data, errors } = response.body;
  if (!errors) return { response, outcome: { code: 'OK', body: withoutNulls(renamed(data[fieldName], toSnake)) } };
  const { code, details, retryable, retryAfter, requestId } = errors[0].extensions;
  if (requestId !== response.headers.get('X-Request-Id')) throw new Error('the error has the id of another request');
  return { response, outcome: { code, message: errors[0].message, details, retryable, retryAfter } };
};

/** GraphQL has null where JSON omits a member. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, member: unknown) => member ?? undefined);
}

/** A use case as a GraphQL request, made from the schema: with the arguments given, selecting the whole response. */
function graphQlRequest(useCase: UseCase, members: Readonly<Record<string, unknown>>) {
  const root = useCase.kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  const field = Object.values(root?.getFields() ?? {}).find((candidate) => useCaseOf(candidate)?.useCase === useCase);
  if (!field) throw new Error(`${useCase.endpoint} has no field at the root`);
  const operation = useCase.kind === 'query' ? 'query' : 'mutation';
  const args = field.args.filter(({ name }) => toSnake(name) in members);
  const declared = args.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const passed = args.map(({ name }) => `${name}: $${name}`).join(', ');
  const inParentheses = (list: string) => list && `(${list})`;
  return {
    fieldName: field.name,
    body: {
      query: `${operation}${inParentheses(declared)} { ${field.name}${inParentheses(passed)} ${selectionOf(field.type)} }`,
      variables: Object.fromEntries(args.map(({ name }) => [name, renamed(members[toSnake(name)], toCamel)])),
    },
  };
}

/** All members of a type but those that are use cases of their own. */
function selectionOf(outputType: GraphQLOutputType): string {
  const type = getNamedType(outputType);
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).filter((field) => !useCaseOf(field));
  return `{ ${fields.map((field) => `${field.name} ${selectionOf(field.type)}`).join(' ')} }`;
}

/** Renames members at every depth. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((entry) => renamed(entry, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [rename(name), renamed(member, rename)]));
}
