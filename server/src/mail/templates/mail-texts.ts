import { messages as german } from '@private-lending/locale/catalogues/de/mails';
import { messages as english } from '@private-lending/locale/catalogues/en/mails';
import type { Language } from '@private-lending/locale/languages';
import type { Catalogue } from '@private-lending/locale/messages';

export type MailTexts = Catalogue<typeof english>;

export const MAIL_TEXTS: Readonly<Record<Language, MailTexts>> = {
  en: { language: 'en', messages: english },
  de: { language: 'de', messages: german },
};
