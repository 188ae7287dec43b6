import * as z from 'zod';
import { currencyCodes, parseCurrency } from '../domain/currencies.ts';
import { parseEmail } from '../domain/email.ts';
import { parseImportId, parseLenderId, parseLoanId } from '../domain/ids.ts';
import { parseInterestRate } from '../domain/interest-rate.ts';
import { LENDER_STATUSES } from '../domain/lender.ts';
import { AMOUNT_RULE, parseAmount } from '../domain/money.ts';
import { parseSingleLine } from '../domain/single-line-text.ts';

/*
 * The fields that requests are made of. Each message goes on from the field's path: `lenders[1].email` + `must be …`.
 */

export const LENDERS_MAX = 20;
const PURPOSE_LENGTH_MAX = 500;
export const NAME_LENGTH_MAX = 80;
const TERM_MONTHS_MAX = 480;
export const PAGE_SIZE_MAX = 100;
export const PAGE_SIZE_DEFAULT = 20;

type Parsed<Output> = (sent: string) => Output | undefined;

function parsed<Output>(parse: Parsed<Output>, rule: string) {
  return z.string({ error: rule }).transform((sent, context) => parse(sent) ?? refused(context, rule));
}

function refused(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

function line(lengthMax: number, description: string) {
  const rule = `must be text of at most ${lengthMax} characters on one line, without control characters`;
  return z
    .string({ error: rule })
    .nullish()
    .transform((sent, context) => {
      const text = parseSingleLine(sent ?? '', lengthMax);
      return text === undefined ? refused(context, rule) : text;
    })
    .meta({ description, maxLength: lengthMax });
}

/** What names nothing is found nowhere, whatever its form; so an id is never refused here. */
export const loanId = z
  .string({ error: 'must be the id of a loan' })
  .transform((sent) => parseLoanId(sent))
  .meta({ description: 'The loan, as its creation answered it.' });

export const lenderId = z
  .string()
  .transform((sent) => parseLenderId(sent))
  .meta({ description: 'The lender in this loan, as the invitation answered it.' });

export const importId = z
  .string()
  .transform((sent) => parseImportId(sent))
  .meta({ description: 'The import, as the answer to its file named it.' });

export const amount = z
  .union([z.number(), z.string()], { error: `must be ${AMOUNT_RULE}` })
  .transform((sent, context) => parseAmount(sent) ?? refused(context, `must be ${AMOUNT_RULE}`))
  .meta({ description: `In major units: ${AMOUNT_RULE}.`, examples: [5000, '49.99'] });

export const currency = parsed(parseCurrency, 'must be a currency code of ISO 4217 in capitals, such as "USD"')
  .prefault('USD')
  .meta({ description: 'ISO 4217.', enum: [...currencyCodes] });

const RATE_RULE = 'must be a number from 0 to 100 (nominal percent a year) with at most 3 decimals';
export const interestRate = z
  .number({ error: RATE_RULE })
  .transform((sent, context) => parseInterestRate(sent) ?? refused(context, RATE_RULE))
  .meta({ description: 'Nominal percent a year, at most 3 decimals.', minimum: 0, maximum: 100 });

const TERM_RULE = `must be a whole number of months from 1 to ${TERM_MONTHS_MAX}`;
export const termMonths = z
  .int({ error: TERM_RULE })
  .min(1, { error: TERM_RULE })
  .max(TERM_MONTHS_MAX, { error: TERM_RULE })
  .meta({ description: 'Months until the loan is paid back.' });

export const purpose = line(PURPOSE_LENGTH_MAX, 'What the loan is for, in one line.');

export const email = parsed(parseEmail, 'must be an e-mail address such as "ana@example.com"').meta({
  description: 'Compared, kept and shown trimmed, in lower case, the domain in its ASCII form.',
  maxLength: 254,
});

export const name = line(NAME_LENGTH_MAX, 'What a person is called.');

const lender = z.object(
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
  .prefault([])
  .meta({ description: `Up to ${LENDERS_MAX} lenders to invite with it: all are, or the loan is not made.` });

export type LenderInput = z.output<typeof lender>;

function tooManyLenders(count: number): string {
  return `Cannot add more than ${LENDERS_MAX} lenders per request. You provided ${count} lenders. Please split into multiple requests.`;
}

const LIMIT_RULE = `must be a whole number from 1 to ${PAGE_SIZE_MAX}`;
export const limit = z
  .union([z.string(), z.number()], { error: LIMIT_RULE })
  .prefault(PAGE_SIZE_DEFAULT)
  .transform((sent, context) => {
    const size = /^[1-9]\d{0,2}$/.test(String(sent)) ? Number(sent) : 0;
    return size >= 1 && size <= PAGE_SIZE_MAX ? size : refused(context, LIMIT_RULE);
  })
  .meta({ description: `How many to answer, 1 to ${PAGE_SIZE_MAX}.`, type: 'integer', minimum: 1, maximum: PAGE_SIZE_MAX });

export const lenderStatus = z
  .enum(LENDER_STATUSES, { error: `must be one of ${LENDER_STATUSES.join(', ')}` })
  .optional()
  .meta({ description: 'Only what stands so.' });

export const cursor = z
  .string({ error: 'must be the next_cursor of an earlier answer' })
  .optional()
  .meta({ description: 'Go on behind this: `next_cursor` of the answer before, for the same user, call and filters.' });
