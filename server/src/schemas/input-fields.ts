import { currencyCodes, parseCurrency } from '@private-lending/locale/currencies';
import * as z from 'zod';
import { emailRule, parseEmail } from '../domain/email.ts';
import { parseImportId, parseLenderId, parseLoanId } from '../domain/ids.ts';
import { parseInterestRate } from '../domain/interest-rate.ts';
import { LENDER_STATUSES } from '../domain/lender.ts';
import { AMOUNT_RULE, parseAmount } from '../domain/money.ts';
import { parseHoldId } from '../domain/risk/hold-id.ts';
import { HOLD_STATUSES } from '../domain/risk/hold-status.ts';
import { parseSingleLine } from '../domain/single-line-text.ts';

/* The fields of requests. An error text continues the field's path: `lenders[1].email` + `must be …`. */

export const LENDERS_MAX = 20;
const PURPOSE_LENGTH_MAX = 500;
export const NAME_LENGTH_MAX = 80;
const TERM_MONTHS_MAX = 480;
export const PAGE_SIZE_MAX = 100;
export const PAGE_SIZE_DEFAULT = 20;

function reject(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

/** A member that may be left out, or null, which is the same. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

function line(lengthMax: number, description: string, example: string) {
  const rule = `must be text of at most ${lengthMax} characters on one line, without control characters`;
  return z
    .string({ error: rule })
    .nullish()
    .transform((input, context) => {
      const text = parseSingleLine(input ?? '', lengthMax);
      return text === undefined ? reject(context, rule) : text;
    })
    .meta({
      description: `${description} At most ${lengthMax} characters, no control characters.`,
      maxLength: lengthMax,
      examples: [example],
    });
}

/** Undefined for a malformed id, which is then not found rather than invalid: any id that names nothing is a 404. */
export const loanId = z
  .string({ error: 'must be the id of a loan' })
  .transform(parseLoanId)
  .meta({ description: 'Id of the loan. One that names nothing is 404.', examples: ['01a202a0-d02c-78e5-940b-844f91530ecc'] });

export const lenderId = z
  .string()
  .transform(parseLenderId)
  .meta({ description: 'Id of the lender in this loan. One that names nothing is 404.', examples: ['kUU1Pd7wkioQxz6Dh7fdLg'] });

export const importId = z
  .string()
  .transform(parseImportId)
  .meta({ description: 'Id of the import. One that names nothing is 404.', examples: ['01a202a0-d031-7c02-9d1e-5b2f4c7a9e10'] });

export const holdId = z
  .string()
  .transform(parseHoldId)
  .meta({
    description: 'Id of the hold. One that names nothing is 404.',
    examples: ['01a202a0-d02c-78e5-940b-844f91530ecc-1772356500000'],
  });

export const amount = z
  .union([z.number(), z.string()], { error: `must be ${AMOUNT_RULE}` })
  .transform((input, context) => parseAmount(input) ?? reject(context, `must be ${AMOUNT_RULE}`))
  .meta({ description: `Must be ${AMOUNT_RULE}; at most 10^12 minor units.`, examples: [5000, '49.99'] });

const CURRENCY_RULE = 'must be a currency code of ISO 4217 in capitals, such as "USD"';
export const CURRENCY_DEFAULT = 'USD';
export const currency = z
  .string({ error: CURRENCY_RULE })
  .nullish()
  .transform((input, context) => parseCurrency(input ?? CURRENCY_DEFAULT) ?? reject(context, CURRENCY_RULE))
  .meta({ description: 'ISO 4217, in capitals.', enum: [...currencyCodes], default: CURRENCY_DEFAULT });

const RATE_RULE = 'must be a number from 0 to 100 (nominal percent a year) with at most 3 decimals';
export const interestRate = z
  .number({ error: RATE_RULE })
  .transform((input, context) => parseInterestRate(input) ?? reject(context, RATE_RULE))
  .meta({ description: 'Nominal percent a year, 0 to 100, at most 3 decimals.', minimum: 0, maximum: 100, examples: [4.5] });

const TERM_RULE = `must be a whole number of months from 1 to ${TERM_MONTHS_MAX}`;
export const termMonths = z
  .int({ error: TERM_RULE })
  .min(1, { error: TERM_RULE })
  .max(TERM_MONTHS_MAX, { error: TERM_RULE })
  .meta({ description: `Months until the loan is paid back, 1 to ${TERM_MONTHS_MAX}.`, examples: [36] });

export const purpose = line(PURPOSE_LENGTH_MAX, 'What the loan is for, in one line.', 'A workshop of our own');

export const email = z
  .string({ error: emailRule('') })
  .transform((input, context) => parseEmail(input) ?? reject(context, emailRule(input)))
  .meta({
    description:
      'Compared, stored and shown trimmed, in lower case, the domain in its ASCII form (UTS 46). At most 254 characters, none of them invisible.',
    maxLength: 254,
    examples: ['ana@example.com'],
  });

export const name = line(NAME_LENGTH_MAX, 'Display name, on one line.', 'Ana');

/** A lender in a request. */
export const lender = z.object(
  { email, contribution_amount: amount, name },
  { error: 'must be an object with email and contribution_amount' },
);

const upToTwenty = z
  .array(lender, { error: `must be a list of lenders` })
  .max(LENDERS_MAX, { error: ({ input }) => tooManyLenders(Array.isArray(input) ? input.length : 0) });

export const lenders = upToTwenty
  .min(1, { error: 'must have at least one lender' })
  .meta({ description: `1 to ${LENDERS_MAX} lenders: all are invited, or none.` });

export const lendersOrNone = upToTwenty
  .nullish()
  .transform((list) => list ?? [])
  .meta({ description: `Up to ${LENDERS_MAX} lenders to invite with it: all are invited, or the loan is not created.` });

export type LenderInput = z.output<typeof lender>;

function tooManyLenders(count: number): string {
  return `Cannot add more than ${LENDERS_MAX} lenders per request. You provided ${count} lenders. Please split into multiple requests.`;
}

const LIMIT_RULE = `must be a whole number from 1 to ${PAGE_SIZE_MAX}`;
export const limit = z
  .union([z.string(), z.number()], { error: LIMIT_RULE })
  .nullish()
  .transform((input, context) => {
    const text = String(input ?? PAGE_SIZE_DEFAULT);
    const size = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : 0;
    return size >= 1 && size <= PAGE_SIZE_MAX ? size : reject(context, LIMIT_RULE);
  })
  .meta({
    description: `Items on a page, 1 to ${PAGE_SIZE_MAX}.`,
    type: 'integer',
    minimum: 1,
    maximum: PAGE_SIZE_MAX,
    default: PAGE_SIZE_DEFAULT,
    examples: [PAGE_SIZE_DEFAULT],
  });

export const lenderStatus = optional(z.enum(LENDER_STATUSES, { error: `must be one of ${LENDER_STATUSES.join(', ')}` })).meta({
  description: 'Only items with this status.',
});

export const holdStatus = optional(z.enum(HOLD_STATUSES, { error: `must be one of ${HOLD_STATUSES.join(', ')}` })).meta({
  description: 'Only holds with this status. Left out, those that are `held` or `noted`.',
});

export const cursor = optional(z.string({ error: 'must be the next_cursor of an earlier response' })).meta({
  description: '`next_cursor` of the previous page, for the same user, call and filters; with others it is 400.',
  examples: ['pX4vQm0TzK8cR2hdMS4x'],
});
