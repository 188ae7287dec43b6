import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  emailCodeRequest,
  emailVerifyRequest,
  feedTicketRequest,
  localTokenRequest,
  logoutRequest,
  renameRequest,
} from '../../src/api/http/auth/auth-schemas.ts';
import { openApiDocument } from '../../src/api/http/openapi/document.ts';
import { callExamples } from '../../src/api/http/openapi/examples.ts';
import { pathParameters, routes, takesBody } from '../../src/api/http/routes.ts';
import { mailLinkRequest } from '../../src/api/http/system-schemas.ts';
import { DomainError } from '../../src/domain/errors.ts';
import { validateInput } from '../../src/execution/validate-input.ts';
import { type Message, serveFeed } from '../../src/testing/api/feed.ts';
import { openTestApp } from '../../src/testing/app/test-app.ts';
import { LOAN } from '../../src/testing/app/test-user.ts';

/* `null` is the same as left out, for each member of each JSON body and message that there is. */

type Json = Readonly<Record<string, unknown>>;

interface Body {
  readonly operationId: string;
  readonly schema: z.ZodType;
  /** A valid body with all its members. */
  readonly full: Json;
}

const LENDER = { email: 'ana@example.com', contribution_amount: 5000, name: 'Ana' };
const FULL: Readonly<Record<string, Json>> = {
  createLoan: { ...LOAN, currency: 'EUR', purpose: 'A roof', lenders: [LENDER] },
  addLenders: { lenders: [LENDER] },
};

const ofRoutes = routes.filter(takesBody).map(({ path, useCase }): Body => {
  const operationId = useCase.endpoint.charAt(0).toLowerCase() + useCase.endpoint.slice(1);
  const inPath = pathParameters(path);
  const inBody = Object.entries(useCase.input.shape).filter(([name]) => !inPath.includes(name));
  const example = z.record(z.string(), z.unknown()).parse(callExamples[useCase.endpoint]?.request);
  return { operationId, schema: z.object(Object.fromEntries(inBody)), full: FULL[operationId] ?? example };
});

const bodies: readonly Body[] = [
  ...ofRoutes,
  {
    operationId: 'localToken',
    schema: localTokenRequest,
    full: { email: 'ana@example.com', name: 'Ana', email_verified: false },
  },
  { operationId: 'requestSignInCode', schema: emailCodeRequest, full: { email: 'ana@example.com', language: 'de' } },
  { operationId: 'signInByEmail', schema: emailVerifyRequest, full: { challenge: 'x', code: '12345678', name: 'Ana' } },
  { operationId: 'changeName', schema: renameRequest, full: { name: 'Ana' } },
  { operationId: 'createFeedTicket', schema: feedTicketRequest, full: { loan_id: 'x' } },
  { operationId: 'signOut', schema: logoutRequest, full: { everywhere: true } },
  ...['declineByMail', 'optOutByMail', 'readInvitationOfMail'].map((operationId) => ({
    operationId,
    schema: mailLinkRequest,
    full: { token: 'x' },
  })),
];

const documented = Object.values(openApiDocument().paths)
  .flatMap((methods) => Object.values(methods))
  .flatMap(({ operationId, requestBody }) => {
    const json = requestBody?.content['application/json'];
    return json ? [{ operationId, schema: json.schema }] : [];
  });

/** Each member at any depth, as a path: `lenders`, `lenders.0.name`. */
function membersOf(value: unknown, within: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const path = [...within, name];
    return [...(Array.isArray(value) ? [] : [path]), ...membersOf(member, path)];
  });
}

/** A copy in which the member at a path is null, or left out. */
function changed(value: unknown, [name = '', ...rest]: readonly string[], to: null | undefined): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    if (key !== name) return [[key, member]];
    if (rest.length > 0) return [[key, changed(member, rest, to)]];
    return to === null ? [[key, null]] : [];
  });
  return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}

function outcomeOf({ schema }: Body, body: unknown): unknown {
  try {
    return validateInput(schema, z.record(z.string(), z.unknown()).parse(body));
  } catch (error) {
    return error instanceof DomainError ? error.details : error;
  }
}

const members = bodies.flatMap((body) => membersOf(body.full).map((path) => ({ ...body, name: path.join('.'), path, body })));

describe('null in a JSON body', () => {
  it('tests every JSON body of the reference but that of GraphQL, with all its members', () => {
    const others = documented.filter(({ operationId }) => operationId !== 'graphQl');
    expect(bodies.map(({ operationId }) => operationId).toSorted()).toEqual(
      others.map(({ operationId }) => operationId).toSorted(),
    );
    for (const { operationId, schema } of others) {
      const full = bodies.find((body) => body.operationId === operationId)?.full ?? {};
      const names = membersOf(full).map((path) => path.filter((step) => !/^\d+$/.test(step)).join('.'));
      expect({ operationId, names: new Set(names) }).toEqual({
        operationId,
        names: new Set(propertiesOf(schema).map(({ name }) => name)),
      });
    }
  });

  it.each(members)('treats null as left out: $name of $operationId', ({ body, path }) => {
    expect(Array.isArray(outcomeOf(body, body.full))).toBe(false);
    expect(outcomeOf(body, changed(body.full, path, null))).toEqual(outcomeOf(body, changed(body.full, path, undefined)));
  });

  it.each(documented)('allows null for each member that may be left out, in the reference of $operationId', ({ schema }) => {
    expect(propertiesOf(schema).filter(({ isRequired, allowsNull }) => !isRequired && !allowsNull)).toEqual([]);
  });

  it('treats null as left out in rules that compare members', async () => {
    const testApp = await openTestApp();
    const borrower = await testApp.as('borrower@example.com');
    const tooManyDecimals = await borrower.post('/loans', {
      ...LOAN,
      amount: '1.005',
      currency: null,
      lenders: null,
      purpose: null,
    });
    expect([tooManyDecimals.status, tooManyDecimals.body.details[0].path]).toEqual([400, 'amount']);
    const { status, body } = await borrower.post('/loans', { ...LOAN, currency: null, lenders: null, purpose: null });
    expect([status, body.loan.currency, body.lenders_added]).toEqual([201, 'USD', 0]);
    await testApp.close();
  });

  it('does not treat null as left out in the fingerprint of an idempotency key', async () => {
    const testApp = await openTestApp();
    const borrower = await testApp.as('borrower@example.com');
    const key = { 'Idempotency-Key': 'k' };
    const first = await borrower.post('/loans', { ...LOAN, purpose: null }, key);
    expect((await borrower.post('/loans', { ...LOAN, purpose: null }, key)).text).toBe(first.text);
    expect((await borrower.post('/loans', LOAN, key)).body.error).toBe('IDEMPOTENCY_KEY_REUSED');
    const query = `mutation { createLoan(amount: 20000, interestRate: 4.5, termMonths: 36, purpose: null) { loan { loanId } } }`;
    const { body } = await borrower.post('/graphql', { query }, key);
    expect(body.data.createLoan.loan.loanId).toBe(first.body.loan.loan_id);
    await testApp.close();
  });
});

describe('null in a message of the feed', () => {
  it('responds to null in any member of a message as to its absence', async () => {
    const testApp = await openTestApp();
    const { token, postsLoan } = await testApp.as('borrower@example.com');
    const loan_id = await postsLoan();
    const client = await (await serveFeed(testApp)).connect();
    const responseTo = async (message: object): Promise<Message> => {
      const { problem, ...response } = await client.ask(message);
      return { ...response, ...(problem && { problem: { ...problem, request_id: '' } }) };
    };
    for (const message of [{ type: 'subscribe', token, loan_id, after: '' }, { type: 'unsubscribe', loan_id }, { type: 'ping' }])
      for (const path of membersOf(message)) {
        const [asNull, without] = [null, undefined].map((to) => changed(message, path, to)).map((sent) => ({ ...Object(sent) }));
        expect(await responseTo(asNull ?? {})).toEqual(await responseTo(without ?? {}));
      }
    expect(await client.ask({ type: 'subscribe', token, loan_id, after: null })).toMatchObject({ type: 'subscribed' });
    await testApp.close();
  });
});

interface Property {
  readonly name: string;
  readonly isRequired: boolean;
  readonly allowsNull: boolean;
}

/** The properties of a JSON Schema at any depth. */
function propertiesOf(schema: unknown, within = ''): Property[] {
  const { properties = {}, required = [], items } = jsonObject.parse(schema);
  return [
    ...Object.entries(properties).flatMap(([name, member]) => {
      const { type, anyOf = [] } = jsonObject.parse(member);
      const allowsNull = [type, ...anyOf.map((each) => each.type)].flat().includes('null');
      return [
        { name: within + name, isRequired: required.includes(name), allowsNull },
        ...propertiesOf(member, `${within}${name}.`),
      ];
    }),
    ...(items === undefined ? [] : propertiesOf(items, within)),
  ];
}

const jsonObject = z.object({
  anyOf: z.array(z.object({ type: z.unknown() })).optional(),
  type: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
});
