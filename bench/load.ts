import autocannon from 'autocannon';

export interface Target {
  readonly path: string;
  readonly token: string;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Load {
  readonly url: string;
  /** Distributed over the clients. */
  readonly targets: readonly Target[];
  readonly clients: number;
  readonly seconds: number;
  readonly lendersEach: number;
}

let serial = 0;

/** Adds new lenders as fast as the clients can. @throws if a request fails */
export async function addLenders({ url, targets, clients, seconds, lendersEach }: Load): Promise<LoadResult> {
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
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} requests were rejected, ${result.errors} failed`);
  return { requestsPerSecond: result.requests.average, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}

function requestTo({ path, token }: Target, lendersEach: number): autocannon.Request {
  return {
    method: 'POST',
    path,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    setupRequest: (request) => ({ ...request, body: newLendersBody(lendersEach) }),
  };
}

function newLendersBody(lendersEach: number): string {
  serial += 1;
  const lenders = Array.from({ length: lendersEach }, (_, n) => ({ email: `l${serial}-${n}@example.com`, contribution_amount: 1 }));
  return JSON.stringify({ lenders });
}
