import type { Language } from '@private-lending/locale/languages';
import { translate } from '@private-lending/locale/messages';
import { CODE_MS, type SignInMail } from '../../domain/sign-in/email-challenge.ts';
import type { RequestMetadata } from '../../execution/request-metadata.ts';
import type { Mailbox, Message } from '../message.ts';
import { MAIL_TEXTS, type MailTexts } from './mail-texts.ts';
import { type Markup, markup } from './markup.ts';
import { renderButton, renderHeading, renderPage, renderParagraph, renderSmall } from './render-html.ts';
import { RULE } from './render-text.ts';

const CODE_TAG = [
  `<p class="ink" style="margin:0 0 18px;font-family:Consolas,'SF Mono',Menlo,monospace;font-size:34px;line-height:1.2;font-weight:700;letter-spacing:4px;color:#22262a">`,
];

export interface SignInMessageMetadata {
  readonly from: Mailbox;
  readonly language: Language;
  /** PUBLIC_URL. */
  readonly site: string;
}

/**
 * Composes the mail with a code. The same input gives the same message. It has no opt-out link, as its recipient has requested it.
 *
 * A locked phone shows the subject and the beginning of the text to anyone near it. So the code is in neither: the paragraphs
 * before it are longer than what is shown.
 */
export function composeSignInMessage(
  { mailId, to, at, code, challengeStart, requestId, traceparent }: SignInMail & RequestMetadata,
  { from, language, site }: SignInMessageMetadata,
): Message {
  const texts = MAIL_TEXTS[language];
  const link = `${site}/app/sign-in#for=${challengeStart}&code=${code}`;
  const subject = translate(texts, 'codeSubject');
  return {
    messageId: `<${mailId}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
    from,
    to,
    at,
    subject,
    text: renderText(texts, code, link),
    html: renderPage({ language, subject }, card(texts, code, link), renderSmall(translate(texts, 'codeReason'))),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Request-Id': requestId,
      ...(traceparent !== null && { traceparent }),
    },
  };
}

function openingIn(texts: MailTexts): string {
  return translate(texts, 'codeOpening', { minutes: CODE_MS / 60_000 });
}

function card(texts: MailTexts, code: string, link: string): Markup {
  return markup`${renderHeading(translate(texts, 'codeHeading'))}${renderParagraph(openingIn(texts))}${CODE_TAG}${code}</p>
<p style="margin:0 0 14px">${renderButton(link, translate(texts, 'fillCodeIn'))}</p>
${renderSmall(translate(texts, 'fillCodeInNote'))}${renderParagraph(translate(texts, 'codeNotRequested'))}`;
}

/** A paragraph a line. The transport wraps it. */
function renderText(texts: MailTexts, code: string, link: string): string {
  const paragraphs = [
    translate(texts, 'codeHeading'),
    openingIn(texts),
    `${translate(texts, 'code')}:`,
    code,
    `${translate(texts, 'fillCodeIn')}:\n${link}`,
    translate(texts, 'fillCodeInNote'),
    translate(texts, 'codeNotRequested'),
    RULE,
    translate(texts, 'codeReason'),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}
