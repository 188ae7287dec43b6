import { LANGUAGES } from '@private-lending/locale/languages';
import { describe, expect, it } from 'vitest';
import { FIELD_ERROR_CODES } from '../../../server/src/domain/errors.ts';
import { ROW_REASONS } from '../../../server/src/domain/imports/row-reason.ts';
import { loadTexts } from '../i18n/texts.ts';
import { rejectionText } from './use-problem-text.ts';

const message = 'by the server';

describe('rejectionText', () => {
  it.each(LANGUAGES)('has a text for every code of the server, and for every reason of the code INVALID: %s', async (language) => {
    const { t } = await loadTexts(language, 'inviting');
    const codes = [...FIELD_ERROR_CODES, ...ROW_REASONS].filter((code) => rejectionText({ code, message }, t) === message);
    expect(codes).toEqual(['INVALID']);
  });

  it('is the text of the server for a code that is not known', async () => {
    const { t } = await loadTexts('de', 'inviting');
    expect(rejectionText({ code: 'OF_A_LATER_VERSION', message }, t)).toBe(message);
  });
});
