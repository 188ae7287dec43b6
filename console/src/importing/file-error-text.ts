import { ApiError } from '@private-lending/client';
import type { Translate } from '../i18n/texts.ts';

/** @returns why the server takes no row of a file, by its codes; undefined where these do not say it */
export function fileErrorText(error: unknown, t: Translate<'import'>): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (error.code === 'PAYLOAD_TOO_LARGE') return t('problem.tooLarge');
  return error.details.some(({ code }) => code === 'TOO_MANY_LENDERS') ? t('problem.tooManyRows') : undefined;
}
