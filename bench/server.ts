import { execFileSync } from 'node:child_process';
import { signIn } from '../e2e/http-client.ts';
import { openWorkplace } from '../server/src/testing/process/cli-process.ts';
import type { Target } from './load.ts';

/** The real program with a file store, without rate limits. */
export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  /** Memory of its process. */
  residentBytes(): number;
  /** Creates loans, each with its own borrower. */
  loans(count: number): Promise<Target[]>;
  close(): Promise<void>;
}

let borrowers = 0;

export async function startServer(settings: Readonly<Record<string, string>> = {}): Promise<BenchServer> {
  const work = openWorkplace();
  const limits = { INVITES_PER_HOUR: '1000000', REQUESTS_PER_SECOND: '0' };
  const { pid, stop, printed } = work.started(['serve', '--json'], { PORT: '0', ...limits, ...settings });
  const { url } = JSON.parse(await printed('\n'));

  async function loan(): Promise<Target> {
    borrowers += 1;
    const borrower = await signIn(url, `borrower${borrowers}@example.com`);
    const loanId = await borrower.postsLoan({ amount: 1_000_000_000 });
    return { path: `/loans/${loanId}/lenders`, token: borrower.token };
  }

  return {
    url,
    pid,
    residentBytes: () => 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })),
    loans: (count) => Promise.all(Array.from({ length: count }, loan)),
    async close() {
      await stop('SIGTERM');
      await work.close();
    },
  };
}

export async function withServer<Result>(
  settings: Readonly<Record<string, string>>,
  work: (server: BenchServer) => Promise<Result>,
): Promise<Result> {
  const server = await startServer(settings);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}
