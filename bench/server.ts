import { type Program, signIn, start, temporaryFolder } from '../e2e/program.ts';
import type { Target } from './load.ts';

/** The real program with a file store, without rate limits. */
export interface BenchServer {
  readonly program: Program;
  /** Creates loans, each with its own borrower. */
  loans(count: number): Promise<Target[]>;
  close(): Promise<void>;
}

let borrowers = 0;

export async function startServer(): Promise<BenchServer> {
  const folder = await temporaryFolder();
  const program = await start(folder.path, { INVITES_PER_HOUR: '1000000', REQUESTS_PER_SECOND: '0' });

  async function loan(): Promise<Target> {
    borrowers += 1;
    const borrower = await signIn(program.url, `borrower${borrowers}@example.com`);
    const loanId = await borrower.postsLoan({ amount: 1_000_000_000 });
    return { path: `/loans/${loanId}/lenders`, token: borrower.token };
  }

  return {
    program,
    loans: (count) => Promise.all(Array.from({ length: count }, loan)),
    async close() {
      await program.stop();
      await folder.remove();
    },
  };
}
