import { beforeEach, describe, expect, it } from 'vitest';
import { makeLog } from '../telemetry/log.ts';
import { importIdFor } from '../testing/app/import-helpers.ts';
import { linesOf } from '../testing/app/log-lines.ts';
import type { ImportQueue } from './import-queue.ts';
import { type ClockWork, scheduleHandler } from './schedule-handler.ts';

const invocation = { getRemainingTimeInMillis: () => 300_000 };

let now: number;
let logged: string[];
let done: string[];

beforeEach(() => {
  now = 1_000_000;
  logged = [];
  done = [];
});

interface Scene {
  /** When what the clock knows of falls due, one after the other. */
  readonly nexts?: readonly number[];
  readonly work?: Partial<ClockWork>;
  readonly hasQueue?: boolean;
  readonly open?: (work: ClockWork, onFault: (fault: unknown) => void) => Promise<ClockWork>;
}

const DUE = [importIdFor(1), importIdFor(2)];

function clockOf({ nexts = [], work = {}, open = async (opened) => opened, hasQueue = true }: Scene = {}) {
  const queue: ImportQueue = { send: async (importIds) => void done.push(...importIds) };
  const left = [...nexts];
  const working: ClockWork = {
    expireDue: async () => {
      done.push(`expire at ${now}`);
      return { loans: 0, next: left.shift() };
    },
    findDueImports: async () => undefined,
    dispatcher: { deliverAbandoned: async () => void done.push('deliver') },
    mailer: { sendDue: async () => void done.push('mail') },
    ...work,
  };
  return scheduleHandler({
    open: (onFault) => open(working, onFault),
    queue: hasQueue ? queue : undefined,
    log: makeLog({ write: (line) => void logged.push(line) }),
    clock: () => now,
    pause: async (ms) => {
      now += ms;
      await new Promise(setImmediate);
    },
  });
}

describe('the clock', () => {
  it('frees what has expired, delivers what was left, and then sends mail', async () => {
    await clockOf()({}, invocation);
    expect(done.toSorted()).toEqual(['deliver', 'expire at 1000000', 'mail']);
    expect(done.indexOf('mail')).toBeGreaterThan(done.indexOf('deliver'));
    expect(logged).toEqual([]);
  });

  it('has the imports go on that are due', async () => {
    const findDueImports: ClockWork['findDueImports'] = async (see) => {
      for (const importId of DUE) await see(importId);
      return now + 1;
    };
    await clockOf({ work: { findDueImports } })({}, invocation);
    expect(done).toEqual(expect.arrayContaining(DUE));
    done = [];
    await clockOf({ work: { findDueImports }, hasQueue: false })({}, invocation);
    await clockOf({ work: { findDueImports } })({}, { getRemainingTimeInMillis: () => 15_000 });
    expect(done).not.toEqual(expect.arrayContaining(DUE));
  });

  it('waits for what falls due before its next tick, and for nothing behind that', async () => {
    await clockOf({ nexts: [1_000_500, 1_060_000, 1_060_001] })({}, invocation);
    expect(done.filter((one) => one.startsWith('expire'))).toEqual(['expire at 1000000', 'expire at 1000500', 'expire at 1060000']);
  });

  it('begins nothing that it has no time left for', async () => {
    const given: (AbortSignal | undefined)[] = [];
    const work: Partial<ClockWork> = {
      dispatcher: { deliverAbandoned: async (deadline) => void given.push(deadline) },
      mailer: undefined,
    };
    await clockOf({ work })({}, { getRemainingTimeInMillis: () => 15_000 });
    expect([done, given.map((deadline) => deadline?.aborted)]).toEqual([[], [true]]);
  });

  it('ends in time, though something more falls due again and again', async () => {
    const work: Partial<ClockWork> = { expireDue: async () => ({ loans: 0, next: now }) };
    await clockOf({ work })({}, { getRemainingTimeInMillis: () => 15_050 });
    expect(done).toEqual(['deliver', 'mail']);
  });

  it('tries everything else where something fails, and then says so', async () => {
    const down = () => Promise.reject(new Error('the database is away'));
    const handler = clockOf({ work: { expireDue: down, dispatcher: { deliverAbandoned: down }, findDueImports: down } });
    await expect(handler({}, invocation)).rejects.toThrow('3 things failed');
    expect(done).toEqual(['mail']);
    expect(linesOf({ logged }).map(({ err }) => err.message)).toEqual(Array(3).fill('the database is away'));
  });

  it('says so too where only one loan or mail was left, and is well again with the next tick', async () => {
    let tell: ((fault: unknown) => void) | undefined;
    const handler = clockOf({
      open: async (work, onFault) => {
        tell = onFault;
        return work;
      },
      work: {
        expireDue: async () => {
          tell?.(new Error('one loan'));
          tell = undefined;
          return { loans: 1, next: undefined };
        },
      },
    });
    await expect(handler({}, invocation)).rejects.toThrow('1 things failed');
    await handler({}, invocation);
    expect(done).toEqual(['deliver', 'mail', 'deliver', 'mail']);
  });

  it('tries to open again with the next tick', async () => {
    const database: { isDown: boolean } = { isDown: true };
    const handler = clockOf({ open: async (work) => (database.isDown ? Promise.reject(new Error('no database')) : work) });
    await expect(handler({}, invocation)).rejects.toThrow('no database');
    database.isDown = false;
    await handler({}, invocation);
    expect(done).toContain('mail');
  });
});
