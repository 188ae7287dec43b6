import { openConnection } from '../peers/load/connection.ts';
import { LENDERS_EACH } from '../peers/load/plan.ts';

const CONNECTIONS = 32;

let posted = 0;

/** Posts loans, each with ten lenders: as much to store as an add of ten. @throws Error if a request fails */
export async function fillWithLoans(port: number, tokens: readonly string[], count: number): Promise<void> {
  const last = posted + count;
  const fill = async (_: unknown, n: number): Promise<void> => {
    const connection = await openConnection(port);
    const head = `POST /loans HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${tokens[n % tokens.length]}\r\nContent-Type: application/json\r\n`;
    while (posted < last) {
      posted += 1;
      const { status, body } = await connection.send(head, loanOf(posted));
      if (status !== 201) throw new Error(`expected 201, got ${status}: ${body}`);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: Math.min(CONNECTIONS, count) }, fill));
}

function loanOf(serial: number): string {
  const lenders = Array.from({ length: LENDERS_EACH }, (_, n) => ({
    email: `filled${serial}-${n}@example.com`,
    contribution_amount: 50,
  }));
  return JSON.stringify({ amount: 1000, currency: 'USD', interest_rate: 4.5, term_months: 36, lenders });
}
