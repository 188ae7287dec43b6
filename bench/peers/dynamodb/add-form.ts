/* A way to add lenders to a loan on DynamoDB, as the benchmark calls it. */

export interface Lender {
  readonly email: string;
  readonly contribution_amount: number;
}

export interface AddForm {
  /** Whether a repeated key gets the first response. */
  readonly replays: boolean;
  /** A new loan that has the lenders of `seededLenders`. @param amount in major units @returns its id */
  seed(amount: number): Promise<string>;
  add(loanId: string, lenders: readonly Lender[], key: string): Promise<{ readonly status: number; readonly text: string }>;
  /** @returns the addresses of its lenders */
  emails(loanId: string): Promise<string[]>;
}

export const SEEDED_LENDERS = 50;
/** How many of ten new lenders have an account already. */
export const KNOWN_OF_TEN = 5;

export function seededLenders(): Lender[] {
  return lendersOf('seeded', SEEDED_LENDERS);
}

export function lendersOf(name: string, count: number): Lender[] {
  return Array.from({ length: count }, (_, n) => ({ email: `${name}${n}@example.com`, contribution_amount: 1 }));
}

/** Ten lenders who are new to the loan; the first have accounts. */
export function newLenders(): Lender[] {
  return Array.from({ length: 10 }, (_, n) => ({
    email: n < KNOWN_OF_TEN ? knownEmail(n) : `new${n}@example.com`,
    contribution_amount: 1,
  }));
}

export function knownEmail(n: number): string {
  return `known${n}@example.com`;
}

/** Exported by servers/dynamodb/forms.ts. */
export type OpenForms = (endpoints: {
  /** Of the database, with the delay and without. */
  readonly delayed: string;
  readonly straight: string;
}) => Promise<Readonly<Record<'first' | 'improved' | 'powertools', AddForm>> & { close(): void }>;
