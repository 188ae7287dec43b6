import { beforeEach, describe, expect, it } from 'vitest';
import { makeLog } from '../telemetry/log.ts';
import { importIdFor } from '../testing/app/import-helpers.ts';
import { linesOf } from '../testing/app/log-lines.ts';
import type { ImportQueue } from './import-queue.ts';
import { type ScheduledWork, scheduleHandler } from './schedule-handler.ts';

const invocation = { getRemainingTimeInMillis: () => 300_000 };
const DUE = [importIdFor(1), importIdFor(2)];

let now = 0;
let logged: string[];
let done: string[];

beforeEach(() => {
  now = 1_000_000;
  logged = [];
  done = [];
});

interface Fixture {
  /** When the next invitations expire, one value per sweep. */
  readonly nextExpiries?: readonly number[];
  readonly work?: Partial<ScheduledWork>;
  readonly hasQueue?: boolean;
  readonly open?: (work: ScheduledWork) => Promise<ScheduledWork>;
}

function handlerOf({ nextExpiries = [], work = {}, open = async (opened) => opened, hasQueue = true }: Fixture = {}) {
  const queue: ImportQueue = { send: async (importIds) => void done.push(...importIds) };
  const expiries = [...nextExpiries];
  const working: ScheduledWork = {
    expireDue: async () => {
      done.push(`expire at ${now}`);
      return { loans: 0, next: expiries.shift() };
    },
    findDueImports: async () => undefined,
    refreshKeys: async () => {},
    removeExpired: async () => {},
    dispatcher: { deliverAbandoned: async () => void done.push('deliver') },
    mailSender: { sendDue: async () => void done.push('mail') },
    ...work,
  };
  return scheduleHandler({
    open: () => open(working),
    queue: hasQueue ? queue : undefined,
    log: makeLog({ write: (line) => void logged.push(line) }),
    clock: () => now,
    pause: async (ms) => {
      now += ms;
      await new Promise(setImmediate);
    },
  });
}

describe('scheduleHandler', () => {
  it('expires invitations, deletes expired imports, delivers abandoned outboxes, and sends mail after that', async () => {
    await handlerOf({ work: { removeExpired: async () => void done.push('remove') } })({}, invocation);
    expect(done.toSorted()).toEqual(['deliver', 'expire at 1000000', 'mail', 'remove']);
    expect(done.indexOf('mail')).toBeGreaterThan(done.indexOf('deliver'));
    expect(logged).toEqual([]);
  });

  it('queues due imports if there is a queue and time left', async () => {
    const findDueImports: ScheduledWork['findDueImports'] = async (onFound) => {
      for (const importId of DUE) await onFound(importId);
      return now + 1;
    };
    await handlerOf({ work: { findDueImports } })({}, invocation);
    expect(done).toEqual(expect.arrayContaining(DUE));
    done = [];
    await handlerOf({ work: { findDueImports }, hasQueue: false })({}, invocation);
    await handlerOf({ work: { findDueImports } })({}, { getRemainingTimeInMillis: () => 15_000 });
    expect(done).not.toEqual(expect.arrayContaining(DUE));
  });

  it('waits for invitations that expire before the next invocation, and for no later ones', async () => {
    await handlerOf({ nextExpiries: [1_000_500, 1_060_000, 1_060_001] })({}, invocation);
    expect(done.filter((one) => one.startsWith('expire'))).toEqual(['expire at 1000000', 'expire at 1000500', 'expire at 1060000']);
  });

  it('starts nothing after the deadline', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const work: Partial<ScheduledWork> = {
      dispatcher: { deliverAbandoned: async (_, signal) => void signals.push(signal) },
      mailSender: undefined,
    };
    await handlerOf({ work })({}, { getRemainingTimeInMillis: () => 15_000 });
    expect([done, signals.map((signal) => signal?.aborted)]).toEqual([[], [true]]);
  });

  it('ends at the deadline though invitations keep expiring', async () => {
    const work: Partial<ScheduledWork> = { expireDue: async () => ({ loans: 0, next: now }) };
    await handlerOf({ work })({}, { getRemainingTimeInMillis: () => 15_050 });
    expect(done).toEqual(['deliver', 'mail']);
  });

  it('tries everything and then rejects with the number of errors', async () => {
    const down = () => Promise.reject(new Error('database down'));
    const handler = handlerOf({ work: { expireDue: down, dispatcher: { deliverAbandoned: down }, findDueImports: down } });
    await expect(handler({}, invocation)).rejects.toThrow('3 background tasks failed');
    expect(done).toEqual(['mail']);
    expect(linesOf({ logged }).map(({ err }) => err.message)).toEqual(Array(3).fill('database down'));
  });

  it('rejects for the error of a single loan too, and not in the next invocation', async () => {
    let error: Error | undefined = new Error('one loan');
    const handler = handlerOf({
      work: {
        expireDue: async (onError) => {
          if (error) onError(error);
          error = undefined;
          return { loans: 1, next: undefined };
        },
      },
    });
    await expect(handler({}, invocation)).rejects.toThrow('1 background tasks failed');
    expect(linesOf({ logged })).toMatchObject([{ level: 50, err: { message: 'one loan' } }]);
    await handler({}, invocation);
    expect(done).toEqual(['deliver', 'mail', 'deliver', 'mail']);
  });

  it('retries opening in the next invocation', async () => {
    const database: { isDown: boolean } = { isDown: true };
    const handler = handlerOf({ open: async (work) => (database.isDown ? Promise.reject(new Error('no database')) : work) });
    await expect(handler({}, invocation)).rejects.toThrow('no database');
    database.isDown = false;
    await handler({}, invocation);
    expect(done).toContain('mail');
  });
});
