import { createHash } from 'node:crypto';
import { type Amount, decimalsOf, parseAmount, toUnits } from './money.ts';
import { type FieldError, Problem, throwIfInvalid } from './problem.ts';

/* Requests, validated by hand: as fast as a compiled schema, and all problems are reported together. */

export interface Caller {
  readonly userId: string;
  readonly email: string;
}

/** The scope of a key is the user, the call and the loan. */
export interface IdempotencyKey {
  readonly key: string;
  readonly fingerprint: string;
}

export interface LenderInput {
  readonly email: string;
  readonly name: string | null;
  readonly amount: Amount;
}

export interface LoanInput {
  readonly amount: number;
  readonly currency: string;
  readonly decimals: number;
  readonly interestRate: number;
  readonly termMonths: number;
  readonly purpose: string | null;
}

const LENDERS_MAX = 20;
const EMAIL =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]*[a-z]$/;
const LINE = /^[^\p{Cc}]*$/u;
const KEY = /^[\x21-\x7e]{1,255}$/;
const RATE_SCALE = 1000;

/** @throws Problem with all errors */
export function parseLenders(body: unknown, caller: Caller): LenderInput[] {
  const lenders = membersOf(body)['lenders'];
  if (!Array.isArray(lenders)) throw invalid('lenders', 'must be a list of lenders');
  if (lenders.length === 0) throw invalid('lenders', 'must have at least one lender');
  if (lenders.length > LENDERS_MAX) {
    const message = `Cannot add more than ${LENDERS_MAX} lenders per request. You provided ${lenders.length} lenders. Please split into multiple requests.`;
    throw new Problem(400, message, [{ path: 'lenders', code: 'TOO_MANY_LENDERS', message }]);
  }
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  const parsed = lenders.map((lender, index) => parseLender(lender, `lenders[${index}]`, { errors, seen, caller }));
  throwIfInvalid(errors);
  return parsed;
}

interface Parsing {
  readonly errors: FieldError[];
  readonly seen: Set<string>;
  readonly caller: Caller;
}

function parseLender(lender: unknown, path: string, { errors, seen, caller }: Parsing): LenderInput {
  const { email: address, name, contribution_amount } = membersOf(lender);
  const email = typeof address === 'string' ? address.trim().normalize('NFC').toLowerCase() : '';
  const amount = parseAmount(contribution_amount);
  const isLine = name === undefined || name === null || (typeof name === 'string' && name.length <= 80 && LINE.test(name));
  const report = (member: string, code: string, message: string) => errors.push({ path: `${path}.${member}`, code, message });
  if (email.length > 254 || !EMAIL.test(email)) report('email', 'INVALID', 'must be an e-mail address');
  else {
    if (seen.has(email)) report('email', 'DUPLICATE_IN_REQUEST', `${email} appears more than once in this request`);
    if (email === caller.email) report('email', 'SELF_INVITATION', 'You cannot invite yourself to your own loan');
    seen.add(email);
  }
  if (!amount) report('contribution_amount', 'INVALID', 'must be an amount above 0');
  if (!isLine) report('name', 'INVALID', 'must be text of at most 80 characters on one line');
  return { email, name: typeof name === 'string' ? name : null, amount: amount ?? { whole: '0', fraction: '' } };
}

/** @throws Problem with all errors */
export function parseLoan(body: unknown): LoanInput {
  const { amount, currency, interest_rate: rate, term_months: months, purpose } = membersOf(body);
  const code = typeof currency === 'string' ? currency : 'USD';
  const decimals = decimalsOf(code);
  const parsed = parseAmount(amount);
  const units = parsed && decimals !== undefined ? toUnits(parsed, decimals) : undefined;
  const scaledRate = Math.round(Number(rate) * RATE_SCALE);
  const errors: FieldError[] = [];
  const require = (isValid: boolean, path: string, message: string) => {
    if (!isValid) errors.push({ path, code: 'INVALID', message: `${path} ${message}` });
  };
  require(units !== undefined, 'amount', 'must be an amount above 0');
  require(decimals !== undefined, 'currency', 'must be a currency code of ISO 4217');
  require(typeof rate === 'number' && rate >= 0 && rate <= 100, 'interest_rate', 'must be a number from 0 to 100');
  require(Number.isInteger(months) && Number(months) >= 1 && Number(months) <= 480, 'term_months', 'must be from 1 to 480');
  throwIfInvalid(errors);
  return {
    amount: units ?? 0,
    currency: code,
    decimals: decimals ?? 0,
    interestRate: scaledRate,
    termMonths: Number(months),
    purpose: typeof purpose === 'string' ? purpose : null,
  };
}

export function percentOf(interestRate: number): number {
  return interestRate / RATE_SCALE;
}

/** @param header of the request @throws Problem */
export function parseKey(header: string | string[] | undefined, body: unknown): IdempotencyKey | undefined {
  if (header === undefined) return undefined;
  const key = String(header).replace(/^"(.*)"$/, '$1');
  if (Array.isArray(header) || !KEY.test(key)) throw invalid('Idempotency-Key', 'must be 1 to 255 visible characters');
  return { key, fingerprint: createHash('sha256').update(canonicalJson(body)).digest('base64') };
}

/** RFC 8785, for JSON that was parsed. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

function invalid(path: string, rule: string): Problem {
  const message = `${path} ${rule}`;
  return new Problem(400, message, [{ path, code: 'INVALID', message }]);
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
