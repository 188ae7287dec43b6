import { ConflictError, ConnectionError, RateLimitError, UnauthorizedError, ValidationError } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { type Batch, bodyOf, createBatches } from '../model/batches.ts';
import { isBlankRow } from '../model/rows.ts';
import { parsePaste } from '../paste/parse-paste.ts';
import { InvitationStore, isInterrupted } from './invitation-store.ts';

const USD = { code: 'USD', decimals: 2 };
const FORMAT = { currency: USD, language: 'en' } as const;
const CONTEXT = { requestId: 'r', attempts: 1, retryable: false, status: 400, details: [], body: undefined };

class MemoryStorage {
  readonly items = new Map<string, string>();
  getItem(name: string): string | null {
    return this.items.get(name) ?? null;
  }
  setItem(name: string, value: string): void {
    this.items.set(name, value);
  }
}

/** Invites by key, as the server does: a repeat has no effect. */
class Server {
  readonly requests: Batch[] = [];
  readonly invited: string[] = [];
  readonly #keys = new Set<string>();
  /** Called for each request: before its effect, or after it. */
  fail: { before?: (batch: Batch) => void; after?: (batch: Batch) => void } = {};

  readonly send = async (batch: Batch) => {
    this.requests.push(batch);
    this.fail.before?.(batch);
    if (!this.#keys.has(batch.key)) this.invited.push(...batch.lenders.map(({ email }) => email));
    this.#keys.add(batch.key);
    this.fail.after?.(batch);
    return { lenders: [] };
  };
}

class Network {
  readonly isOnline = () => this.#isOnline;
  #isOnline: boolean = true;
  #waiting: (() => void)[] = [];

  readonly whenOnline = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (this.#isOnline) return resolve();
      this.#waiting.push(resolve);
      signal.addEventListener('abort', () => reject(signal.reason));
    });

  turnOff(): void {
    this.#isOnline = false;
  }

  turnOn(): void {
    this.#isOnline = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function setUp(count = 45) {
  const server = new Server();
  const storage = new MemoryStorage();
  let ids = 0;
  const connection = new Network();
  const services = { send: server.send, connection, storage, newId: () => `id${++ids}`, decimals: 2 };
  const open = () => new InvitationStore('draft', services);
  const store = open();
  const text = Array.from({ length: count }, (_, index) => `p${index}@example.com\t100`).join('\n');
  const paste = parsePaste(text, 'email', USD);
  if (paste) store.dispatch({ type: 'paste', rowId: 1, field: 'email', paste, format: FORMAT });
  return { server, connection, storage, open, store };
}

function start(store: InvitationStore): Promise<void> {
  const { draft } = store.snapshot();
  const rows = draft.rows.filter((row) => !isBlankRow(row));
  const batches = createBatches(rows, draft.seed, { ...FORMAT, ownEmail: '', invited: new Map() });
  store.dispatch({ type: 'send', batches });
  return store.run();
}

function lost(): never {
  throw new ConnectionError('connection lost', { ...CONTEXT, status: undefined, retryable: true });
}

function filledIn(store: InvitationStore): string[] {
  return store.snapshot().draft.rows.flatMap((row) => (isBlankRow(row) ? [] : [row.email]));
}

describe('InvitationStore', () => {
  it('sends groups of 20 one after another, each under its own key, and removes who was invited', async () => {
    const { server, store } = setUp();
    await start(store);
    expect(server.requests.map(({ lenders }) => lenders.length)).toEqual([20, 20, 5]);
    expect(new Set(server.requests.map(({ key }) => key)).size).toBe(3);
    expect(server.requests.map(({ lenders }) => bodyOf(lenders))[2]?.lenders[0]).toEqual({
      email: 'p40@example.com',
      contribution_amount: '100.00',
    });
    expect(filledIn(store)).toEqual([]);
    expect(store.snapshot().draft.sent).toMatchObject({ count: 45, units: 450_000 });
  });

  it('sends nothing twice for two presses', async () => {
    const { server, store } = setUp();
    await Promise.all([start(store), start(store), store.run()]);
    expect(server.requests).toHaveLength(3);
  });

  it('repeats a request under its key after a lost response, also after a reload', async () => {
    const { server, store, open } = setUp();
    server.fail.after = ({ lenders }) => lenders[0]?.email === 'p20@example.com' && lost();
    await start(store);
    expect(store.snapshot().error).toBeInstanceOf(ConnectionError);
    expect(filledIn(store)).toHaveLength(25);

    const reloaded = open();
    expect(isInterrupted(reloaded.snapshot())).toBe(true);
    server.fail = {};
    await reloaded.run();
    expect(server.requests[2]).toEqual(server.requests[1]);
    expect(server.invited).toHaveLength(45);
    expect(new Set(server.invited).size).toBe(45);
    expect(filledIn(reloaded)).toEqual([]);
  });

  it('invites nobody twice from two tabs with one draft', async () => {
    const { server, store, open } = setUp();
    const duplicated = open();
    await Promise.all([start(store), start(duplicated)]);
    expect(server.invited).toHaveLength(45);
    expect(duplicated.snapshot().draft.sent.count).toBe(45);
  });

  it('stores a batch before it is sent', async () => {
    const { server, storage, store } = setUp(1);
    server.fail.before = ({ key }) => expect(storage.items.get('draft')).toContain(`"key":"${key}"`);
    await start(store);
    expect(server.invited).toHaveLength(1);
  });

  it('marks the rows of a rejected group and sends the others', async () => {
    const { server, store } = setUp();
    const details = [{ path: 'lenders[3].email', code: 'DUPLICATE_LENDER' as const, message: 'already invited' }];
    server.fail.before = ({ lenders }) => {
      if (lenders[0]?.email === 'p0@example.com')
        throw new ValidationError('no', { ...CONTEXT, code: 'VALIDATION_ERROR', details });
    };
    await start(store);
    const { draft, error } = store.snapshot();
    expect({ error, count: draft.sent.count, batches: draft.batches }).toEqual({ error: undefined, count: 25, batches: [] });
    expect(draft.rows.flatMap(({ email, rejected }) => (rejected.email ? [email] : []))).toEqual(['p3@example.com']);
    expect(filledIn(store)).toHaveLength(20);
  });

  it('stops where the loan has no room left', async () => {
    const { server, store } = setUp();
    const details = [{ path: 'lenders', code: 'OVER_FUNDING' as const, message: 'too much' }];
    server.fail.before = () => {
      throw new ValidationError('no', { ...CONTEXT, code: 'VALIDATION_ERROR', details });
    };
    await start(store);
    expect(server.requests).toHaveLength(1);
    expect(store.snapshot().draft).toMatchObject({ batches: [], rejections: [{ code: 'OVER_FUNDING' }] });
  });

  it('gives the rows back where the loan is closed, and keeps them for a retry at a limit', async () => {
    const { server, store } = setUp();
    server.fail.before = () => {
      throw new RateLimitError('later', { ...CONTEXT, code: 'TOO_MANY_REQUESTS', status: 429, retryable: true });
    };
    await start(store);
    expect(store.snapshot().draft.batches).toHaveLength(3);
    server.fail.before = () => {
      throw new ConflictError('closed', { ...CONTEXT, code: 'CONFLICT', status: 409 });
    };
    await store.run();
    expect(store.snapshot()).toMatchObject({ draft: { batches: [] }, isRunning: false });
    expect(filledIn(store)).toHaveLength(45);
  });

  it('is interrupted where the session has ended, and continues after signing in again', async () => {
    const { server, store } = setUp();
    server.fail.before = () => {
      throw new UnauthorizedError('ended', { ...CONTEXT, code: 'UNAUTHORIZED', status: 401 });
    };
    await start(store);
    expect(isInterrupted(store.snapshot())).toBe(true);
    server.fail = {};
    await store.run();
    expect(server.invited).toHaveLength(45);
  });

  it('lets the rows be changed when the user stops', async () => {
    const { server, store } = setUp();
    server.fail.before = lost;
    await start(store);
    store.stop();
    expect(store.snapshot()).toMatchObject({ draft: { batches: [] }, error: undefined });
    expect(filledIn(store)).toHaveLength(45);
  });

  it('waits for the network where there is none, and sends then', async () => {
    const { server, connection, store } = setUp(1);
    connection.turnOff();
    const sent = start(store);
    expect([store.snapshot().isRunning, server.requests]).toEqual([true, []]);
    connection.turnOn();
    await sent;
    expect(server.invited).toHaveLength(1);
  });

  it('repeats a request under its key that was lost with the network', async () => {
    const { server, connection, store } = setUp(1);
    server.fail.after = () => {
      connection.turnOff();
      queueMicrotask(() => setImmediate(() => connection.turnOn()));
      server.fail = {};
      lost();
    };
    await start(store);
    expect(store.snapshot().error).toBeUndefined();
    expect(server.requests.map(({ key }) => key)).toEqual([server.requests[0]?.key, server.requests[0]?.key]);
    expect(server.invited).toHaveLength(1);
    expect(filledIn(store)).toEqual([]);
  });

  it('sends nothing later where the user stops while there is no network', async () => {
    const { server, connection, store } = setUp(1);
    connection.turnOff();
    const sent = start(store);
    store.stop();
    expect(store.snapshot()).toMatchObject({ draft: { batches: [] }, isRunning: false, error: undefined });
    connection.turnOn();
    await sent;
    expect(server.requests).toEqual([]);
    expect(filledIn(store)).toHaveLength(1);
    await start(store);
    expect(server.invited).toHaveLength(1);
  });

  it('shows the outcome once, and again after a reload of the page, but not to a user who brings rows of another page', async () => {
    const { store, open } = setUp(1);
    await start(store);
    const countIn = (visit: string | undefined, hasPrefill = false) => {
      const loaded = open();
      loaded.open(visit, hasPrefill);
      return loaded.snapshot().draft.sent.count;
    };
    expect(countIn(undefined)).toBe(1); // it was sent while another page was shown
    store.seeOutcome('first');
    expect(countIn('first')).toBe(1);
    expect(countIn('first', true)).toBe(0);
    store.open('first', false); // by the back button
    expect(store.snapshot().draft.sent.count).toBe(0);
  });

  it.each([undefined, 'second'])(
    'does not show the outcome of another visit after all pages were loaded again: %s',
    async (visit) => {
      const { store, open } = setUp(1);
      await start(store);
      store.seeOutcome('first');
      const loaded = open();
      loaded.open(visit, false);
      expect(loaded.snapshot().draft.sent.count).toBe(0);
    },
  );
});
