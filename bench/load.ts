import autocannon from 'autocannon';

export interface Target {
  readonly path: string;
  readonly token: string;
}

export interface Measured {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Load {
  readonly url: string;
  /** Each client has its own, or they share what there are. */
  readonly targets: readonly Target[];
  readonly clients: number;
  readonly seconds: number;
  readonly lendersEach: number;
}

let serial = 0;

/** Adds lenders that nobody has yet, as fast as the clients can, and throws if any request is refused. */
export async function addLenders({ url, targets, clients, seconds, lendersEach }: Load): Promise<Measured> {
  let next = 0;
  const result = await autocannon({
    url,
    connections: clients,
    duration: seconds,
    setupClient(client) {
      const target = targets[next % targets.length];
      next += 1;
      if (target) client.setRequests([requestTo(target, lendersEach)]);
    },
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} requests were refused, ${result.errors} failed`);
  return { requestsPerSecond: result.requests.average, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}

function requestTo({ path, token }: Target, lendersEach: number): autocannon.Request {
  return {
    method: 'POST',
    path,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    setupRequest: (request) => ({ ...request, body: freshBody(lendersEach) }),
  };
}

function freshBody(lendersEach: number): string {
  serial += 1;
  const lenders = Array.from({ length: lendersEach }, (_, n) => ({ email: `l${serial}-${n}@example.com`, contribution_amount: 1 }));
  return JSON.stringify({ lenders });
}
