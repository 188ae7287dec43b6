import type { Currency } from '@private-lending/locale/currencies';
import { useCallback } from 'react';
import type { Translate } from '../i18n/texts.ts';
import { useAmountProblem } from '../i18n/use-amount-problem.ts';
import { useTexts } from '../i18n/use-texts.ts';
import type { Rejection } from './model/rows.ts';
import type { CellProblem } from './model/validate.ts';

/** Of texts without parameters. */
type RejectionKey = Exclude<Extract<Parameters<Translate<'inviting'>>[0], `problem.${string}`>, 'problem.duplicate'>;

/** Says what is wrong with a cell, in the user's language. */
export function useProblemText(currency: Currency): (problem: CellProblem) => string {
  const t = useTexts('inviting');
  const describeAmount = useAmountProblem();
  return useCallback(
    (problem: CellProblem) => {
      switch (problem.kind) {
        case 'email missing':
          return t('problem.emailMissing');
        case 'email form':
          return t('problem.emailForm');
        case 'own address':
          return t('problem.ownAddress');
        case 'duplicate':
          return t('problem.duplicate', { row: problem.row });
        case 'already invited':
          return problem.status === 'accepted' ? t('problem.alreadyAccepted') : t('problem.alreadyPending');
        case 'name too long':
          return t('problem.nameTooLong');
        case 'name form':
          return t('problem.nameForm');
        case 'leftovers':
          return t('problem.leftovers');
        case 'amount missing':
          return t('problem.amountMissing');
        case 'amount':
          return describeAmount(problem.problem, problem.text, currency);
        case 'rejected':
          return rejectionText(problem.rejection, t);
      }
    },
    [t, describeAmount, currency],
  );
}

/** The texts of the server's codes, and of its reasons why a row of a file is `INVALID`. */
const TEXTS = new Map<string, RejectionKey>([
  ['DUPLICATE_LENDER', 'problem.alreadyInvited'],
  ['SELF_INVITATION', 'problem.ownAddress'],
  ['OVER_FUNDING', 'problem.overFunding'],
  ['DUPLICATE_IN_REQUEST', 'problem.duplicateInRequest'],
  ['TOO_MANY_LENDERS', 'problem.tooManyLenders'],
  ['TOO_MANY_CELLS', 'problem.tooManyCells'],
  ['CELL_TOO_LONG', 'problem.cellTooLong'],
  ['TOO_MANY_ACCENTS', 'problem.tooManyAccents'],
  ['EMAIL_MISSING', 'problem.emailMissing'],
  ['EMAIL_INVALID', 'problem.emailForm'],
  ['EMAIL_INVISIBLE_CHARACTER', 'problem.emailInvisible'],
  ['AMOUNT_MISSING', 'problem.amountMissing'],
  ['AMOUNT_MALFORMED', 'problem.amountMalformed'],
  ['AMOUNT_NEGATIVE', 'problem.amountNegative'],
  ['AMOUNT_PERCENTAGE', 'problem.amountPercentage'],
  ['AMOUNT_ZERO', 'problem.amountZero'],
  ['AMOUNT_OTHER_CURRENCY', 'problem.amountOtherCurrency'],
  ['AMOUNT_AMBIGUOUS', 'problem.amountAmbiguous'],
  ['AMOUNT_TOO_MANY_DECIMALS', 'problem.amountTooManyDecimals'],
  ['AMOUNT_TOO_MUCH', 'problem.amountTooMuch'],
  ['NAME_INVALID', 'problem.nameInvalid'],
]);

/** By its code in the user's language; of an unknown one, as the server says it. */
export function rejectionText({ code, message }: Rejection, t: Translate<'inviting'>): string {
  const key = TEXTS.get(code);
  return key === undefined ? message : t(key);
}
