import { ApiError, ConnectionError, type ErrorCode } from '@private-lending/client';
import { LANGUAGES } from '@private-lending/locale/languages';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../../../server/src/api/http/problem.ts';
import { loadTexts } from '../../i18n/texts.ts';
import { problemText } from './problem-text.ts';

const CONTEXT = { requestId: 'R', attempts: 1, retryable: false, details: [], body: {} };
const apiError = (code: ErrorCode) => new ApiError('by the server', { ...CONTEXT, code, status: 400 });

describe('problemText', () => {
  it.each(LANGUAGES)('has a text for every error code of the server: %s', async (language) => {
    const { t } = await loadTexts(language, 'common');
    const texts = errorCodes.map((code) => problemText(apiError(code), t).text);
    expect(texts).toHaveLength(errorCodes.length);
    expect(texts.filter((text) => text === '' || text === 'by the server')).toEqual([]);
  });

  it('adds the words of the server only where a code has many causes', async () => {
    const { t } = await loadTexts('de', 'common');
    const withCause = errorCodes.filter((code) => problemText(apiError(code), t).cause === 'by the server');
    expect(withCause.toSorted()).toEqual(['CONFLICT', 'FORBIDDEN', 'VALIDATION_ERROR']);
    expect(problemText(apiError('CONFLICT'), t).text).toBe('Das ist jetzt nicht möglich:');
  });

  it('keeps the words of the server for a code that is not known', async () => {
    const { t } = await loadTexts('de', 'common');
    const error = Object.assign(apiError('CONFLICT'), { code: 'OF_A_LATER_VERSION' });
    expect(problemText(error, t)).toEqual({ text: t('problem.unexpected'), cause: 'by the server' });
  });

  it('distinguishes a server that does not respond from a mistake of the page', async () => {
    const { t } = await loadTexts('en', 'common');
    expect(problemText(new ConnectionError('lost', CONTEXT), t)).toEqual({ text: t('problem.noResponse') });
    expect(problemText(new TypeError('mistake'), t)).toEqual({ text: t('problem.unexpected') });
  });
});
