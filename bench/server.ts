import { type Program, signIn, start, temporaryFolder } from '../e2e/program.ts';
import type { Target } from './load.ts';

/** A real server on a real file, with the limits out of the way. */
export interface BenchServer {
  readonly program: Program;
  /** Fresh loans, each of a borrower of its own. */
  loans(count: number): Promise<Target[]>;
  end(): Promise<void>;
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
    async end() {
      await program.stop();
      await folder.remove();
    },
  };
}
