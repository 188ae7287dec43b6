import type { Currency } from '@private-lending/locale/currencies';
import { useCallback } from 'react';
import type { Translate } from '../i18n/texts.ts';
import { useAmountProblem } from '../i18n/use-amount-problem.ts';
import { useTexts } from '../i18n/use-texts.ts';
import type { Rejection } from './model/rows.ts';
import type { CellProblem } from './model/validate.ts';

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

/** By its code where the user's language has a text for it. */
export function rejectionText({ code, message }: Rejection, t: Translate<'inviting'>): string {
  switch (code) {
    case 'DUPLICATE_LENDER':
      return t('problem.alreadyInvited');
    case 'SELF_INVITATION':
      return t('problem.ownAddress');
    case 'OVER_FUNDING':
      return t('problem.overFunding');
    case 'DUPLICATE_IN_REQUEST':
      return t('problem.duplicateInRequest');
    default:
      return message;
  }
}
