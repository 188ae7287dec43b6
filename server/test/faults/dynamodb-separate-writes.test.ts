import { describe, expect, it } from 'vitest';
import type { Put } from '../../src/storage/store.ts';
import { jsonResponse, THROTTLED } from '../../src/testing/dynamodb/errors.ts';
import * as faults from '../../src/testing/dynamodb/faults.ts';
import { newCommand, newKey, outcomeOf, put, useProxiedTable } from '../../src/testing/dynamodb/proxied-store.ts';
import type { ProxyRule } from '../../src/testing/dynamodb/proxy.ts';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';

/* Writes that a commit makes by themselves, while DynamoDB fails. */

const BATCH = 'BatchExecuteStatement';

const separate = (write: Put): Put => ({ ...write, isSeparate: true });

/** Carries out the statements except for the first, which fails with the code. */
function failFirst(Code: string): ProxyRule {
  return async ({ request, forward, respond }) => {
    const [, ...others] = request.body.Statements;
    const text = others.length > 0 ? (await forward(JSON.stringify({ Statements: others }))).text : '{"Responses":[]}';
    respond(jsonResponse(200, { Responses: [{ Error: { Code } }, ...JSON.parse(text).Responses] }));
  };
}

describe.skipIf(endpoint === undefined)('separate writes to DynamoDB', () => {
  const proxied = useProxiedTable();

  it.each([
    ['a reset before the response', faults.resetAfterForwarding],
    ['half a response', faults.truncatedResponse],
    ['an empty object as response', faults.emptyResponse],
  ])('are made once despite %s', async (_title, lost) => {
    const { proxy, open, direct } = proxied;
    const [fresh, known] = [newKey(), newKey()];
    await direct.commit(newCommand(), [put(known, 'before')]);
    const command = newCommand();
    proxy.next(BATCH, lost);
    const writes = [separate(put(fresh, 'new')), separate(put(known, 'after', 1))];
    expect(await open().commit(command, writes)).toEqual({ committed: true });
    expect(proxy.sent(BATCH)).toHaveLength(2);
    expect(await direct.get([fresh, known])).toMatchObject([
      { version: 1, command, data: 'new' },
      { version: 2, command, data: 'after' },
    ]);
  });

  it.each(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded', 'InternalServerError'])(
    'sends only the statement again that failed with %s',
    async (code) => {
      const { proxy, open, dataAt } = proxied;
      const [one, other] = [newKey(), newKey()];
      proxy.next(BATCH, failFirst(code), failFirst(code));
      const writes = [separate(put(one, 1)), separate(put(other, 2))];
      expect(await open().commit(newCommand(), writes)).toEqual({ committed: true });
      expect(proxy.sent(BATCH).map(({ body }) => body.Statements.length)).toEqual([2, 1, 1]);
      expect(await dataAt(one, other)).toEqual([1, 2]);
    },
  );

  it('fail as unavailable, not as throttled, where other writes may have been made', async () => {
    const { proxy, open, dataAt } = proxied;
    const [joint, apart] = [newKey(), newKey()];
    proxy.next(BATCH, faults.respondWith(THROTTLED));
    expect(await outcomeOf(open().commit(newCommand(), [put(joint, 1), separate(put(apart, 2))]))).toBe('unavailable');
    expect(await dataAt(joint, apart)).toEqual([1, undefined]);
  });

  it.each([
    ['AccessDenied', 'unavailable', 1],
    ['ValidationError', 'Error', 1],
    ['TransactionConflict', 'unavailable', 7],
  ])('that always fail with %s fail as %s after attempts: %i', async (code, outcome, attempts) => {
    const { proxy, open } = proxied;
    proxy.always(BATCH, failFirst(code));
    expect(await outcomeOf(open().commit(newCommand(), [separate(put(newKey(), 1))]))).toBe(outcome);
    expect(proxy.sent(BATCH)).toHaveLength(attempts);
  });
});
