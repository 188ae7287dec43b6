import {
  astFromValue,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  print,
} from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSocket, serveFeed } from '../../testing/api/feed.ts';
import { graphQlClient, LOAN_EVENTS, watch } from '../../testing/api/graphql-ws.ts';
import { lenders, openTestApp, type TestApp } from '../../testing/app/test-app.ts';
import type { TestUser } from '../../testing/app/test-user.ts';
import { makeSchema } from './schema.ts';

/* `null` is the same as left out, for each argument and input field of the schema that may be. */

type Values = Readonly<Record<string, unknown>>;

interface Scene {
  readonly loan: string;
  /** An address that was not used before. */
  readonly address: () => string;
}

/** Values of required arguments and fields; a new one needs a line here. */
const REQUIRED: Readonly<Record<string, (scene: Scene) => unknown>> = {
  amount: () => 20_000,
  contributionAmount: () => 1,
  email: ({ address }) => address(),
  interestRate: () => 4.5,
  lenders: () => [],
  loanId: ({ loan }) => loan,
  termMonths: () => 36,
};

const schema = makeSchema();
const objectTypes = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));

interface Case {
  readonly name: string;
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  /** `limit`; `lenders name` for a field of an input object in a list. */
  readonly path: readonly [argument: string, inputField?: string];
}

const cases = objectTypes.flatMap((type) => {
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) =>
    field.args.flatMap((argument) => optionalsOf(argument).map((path) => caseOf(type, field, path))),
  );
});

function caseOf(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>, path: Case['path']): Case {
  return { name: `${parent.name}.${field.name} ${path.join('.')}`, parent, field, path };
}

function optionalsOf({ name, type }: GraphQLArgument): Case['path'][] {
  const named = getNamedType(type);
  const inputFields = isInputObjectType(named) ? Object.values(named.getFields()) : [];
  const nested = inputFields.filter((field) => !isNonNullType(field.type)).map((field): Case['path'] => [name, field.name]);
  if (inputFields.some((field) => isInputObjectType(getNamedType(field.type)))) throw new Error(`${name} nests input objects`);
  return [...(isNonNullType(type) ? [] : [[name] satisfies Case['path']]), ...nested];
}

/** Its arguments: those that are required, and the one under test. */
function argumentsOf({ field, path: [argument, inputField] }: Case, scene: Scene, asNull: boolean): Values {
  const values = field.args.filter(({ type }) => isNonNullType(type)).map(({ name }) => [name, required(name, scene)]);
  const tested = asNull ? null : undefined;
  const type = field.args.find(({ name }) => name === argument)?.type;
  const value = inputField === undefined ? tested : type && inputValue(type, { [inputField]: tested }, scene);
  return { ...Object.fromEntries(values), ...(value !== undefined && { [argument]: value }) };
}

function inputValue(type: GraphQLInputType, members: Values, scene: Scene): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [inputValue(nullable.ofType, members, scene)];
  if (!isInputObjectType(nullable)) throw new Error(`${nullable} has no fields`);
  const needed = Object.values(nullable.getFields()).filter((field) => isNonNullType(field.type));
  return { ...Object.fromEntries(needed.map(({ name }) => [name, required(name, scene)])), ...members };
}

function required(name: string, scene: Scene): unknown {
  const value = REQUIRED[name];
  if (!value) throw new Error(`this test has no value for the required ${name}`);
  return value(scene);
}

/** All members at the first levels that don't differ from request to request. */
function selectionOf(type: GraphQLOutputType, levels = 3): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).filter(
    ({ name, args }) => args.length === 0 && !/(?:Id|At|cursor|Cursor|email|version)$/.test(name),
  );
  const selected = fields.flatMap(({ name, type: member }) => {
    if (!isObjectType(getNamedType(member))) return [name];
    return levels > 1 ? [`${name} ${selectionOf(member, levels - 1)}`] : [];
  });
  return `{ __typename ${selected.join(' ')} }`;
}

/** @param inVariables whether all arguments are variables, rather than literals */
function operationOf({ parent, field }: Case, values: Values, inVariables: boolean, loan: string) {
  const isRoot = ['Query', 'Mutation', 'Subscription'].includes(parent.name);
  if (!isRoot && parent.name !== 'Loan') throw new Error(`this test does not know where to find a ${parent.name}`);
  const used = field.args.filter(({ name }) => name in values);
  const literal = ({ name, type }: GraphQLArgument) => print(astFromValue(values[name], type) ?? { kind: Kind.NULL });
  const args = used.map((argument) => `${argument.name}: ${inVariables ? `$${argument.name}` : literal(argument)}`).join(', ');
  const call = `${field.name}${args && `(${args})`} ${selectionOf(field.type)}`;
  const declared = inVariables ? used.map(({ name, type }) => `$${name}: ${type}`).join(', ') : '';
  const kind = isRoot ? parent.name.toLowerCase() : 'query';
  const body = isRoot ? call : `loan(loanId: "${loan}") { ${call} }`;
  return { query: `${kind} ${declared && `(${declared})`} { ${body} }`, variables: inVariables ? values : {} };
}

describe('null for an argument that may be left out', () => {
  let testApp: TestApp;
  let borrower: TestUser;
  let scene: Scene;

  beforeEach(async () => {
    testApp = await openTestApp();
    borrower = await testApp.as('borrower@example.com');
    let addresses = 0;
    const address = () => {
      addresses += 1;
      return `new${addresses}@example.com`;
    };
    scene = { loan: await borrower.postsLoan({ lenders: lenders(2, 100) }), address };
  });

  afterEach(() => testApp.close());

  async function run(tested: Case, asNull: boolean, inVariables: boolean): Promise<unknown> {
    if (tested.parent.name === 'Mutation') scene = { ...scene, loan: await borrower.postsLoan({ lenders: lenders(1, 100) }) };
    const caller = tested.field.name === 'acceptInvitation' ? await testApp.as('ann0@example.com') : borrower;
    const operation = operationOf(tested, argumentsOf(tested, scene, asNull), inVariables, scene.loan);
    if (tested.parent.name !== 'Subscription') return (await caller.post('/graphql', operation)).body;
    const watched = watch(graphQlClient((await serveFeed(testApp)).url, borrower), operation.variables, operation.query);
    await watched.begun;
    return watched.results[0] ?? watched.errors;
  }

  it('is tested with the arguments of each kind of field', () => {
    expect(cases.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'Query.loans limit',
        'Loan.events after',
        'Mutation.createLoan lenders.name',
        'Subscription.loanEvents after',
      ]),
    );
  });

  it.each(cases)('has the result of leaving it out, as a literal and as a variable: $name', async (tested) => {
    const leftOut = await run(tested, false, false);
    expect(leftOut).not.toHaveProperty('errors');
    for (const [asNull, inVariables] of [
      [true, false],
      [true, true],
      [false, true],
    ] as const)
      expect(await run(tested, asNull, inVariables)).toEqual(leftOut);
  });

  it('is left out for the field where its variable has a default, as GraphQL has it', async () => {
    const query = 'query ($limit: Int = 1) { loans(limit: $limit) { loans { amount } } }';
    await borrower.postsLoan();
    const countOf = async (variables: Values) =>
      (await borrower.post('/graphql', { query, variables })).body.data.loans.loans.length;
    expect([await countOf({}), await countOf({ limit: null })]).toEqual([1, 2]);
  });

  it('is left out as a member of the request and of connection_init', async () => {
    const query = '{ loans { loans { amount } } }';
    const request = { query, variables: null, operationName: null, extensions: null };
    expect((await borrower.post('/graphql', request)).body).toEqual((await borrower.post('/graphql', { query })).body);
    const { body } = await borrower.post('/graphql', { query: null });
    expect(body.errors[0].message).toBe((await borrower.post('/graphql', {})).body.errors[0].message);
    const { url } = await serveFeed(testApp);
    for (const payload of [null, { authorization: null }, {}]) {
      const client = await openSocket(url, '/graphql', ['graphql-transport-ws']);
      client.send({ type: 'connection_init', payload });
      expect(await client.next()).toEqual({ type: 'connection_ack' });
      const variables = { loanId: scene.loan };
      client.send({
        type: 'subscribe',
        id: 'a',
        payload: { query: LOAN_EVENTS, variables, operationName: null, extensions: null },
      });
      expect(await client.next()).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'UNAUTHORIZED' } }] });
    }
  });
});
