import { ApiError } from '@private-lending/client';
import { describe, expect, it } from 'vitest';
import { FIELD_ERROR_CODES } from '../../../server/src/domain/errors.ts';
import { loadTexts } from '../i18n/texts.ts';
import { fileErrorText } from './file-error-text.ts';

const CONTEXT = { requestId: 'R', attempts: 1, retryable: false, details: [], body: {} };
const message = 'by the server';

describe('fileErrorText', () => {
  it('has texts for a file with too many bytes or rows', async () => {
    const { t } = await loadTexts('de', 'import');
    const tooLarge = new ApiError(message, { ...CONTEXT, code: 'PAYLOAD_TOO_LARGE', status: 413 });
    expect(fileErrorText(tooLarge, t)).toBe(t('problem.tooLarge'));
    const explained = FIELD_ERROR_CODES.filter((code) => {
      const details = [{ path: '', code, message }];
      return fileErrorText(new ApiError(message, { ...CONTEXT, code: 'VALIDATION_ERROR', status: 400, details }), t) !== undefined;
    });
    expect(explained).toEqual(['TOO_MANY_LENDERS']);
  });
});
