import type { Language } from '@private-lending/locale/languages';
import type { Email } from '../../domain/email.ts';
import type { RequestId } from '../../domain/ids.ts';
import type { Lender } from '../../domain/lender.ts';
import type { LenderRef, MailLinks, MailRef } from '../action-links.ts';
import type { Mailbox, Message } from '../message.ts';
import { type EmailTemplateInput, renderTemplate } from './email-templates.ts';
import { renderHtml } from './render-html.ts';
import { type EmailUrls, renderText } from './render-text.ts';

export interface MessageMetadata {
  /** Opaque and the same at each attempt, so that mail programs show a mail that was sent twice only once. */
  readonly mailId: string;
  readonly to: Email;
  readonly language: Language;
  /** When the mail was queued, or due again after the limits held it back; epoch milliseconds. Spam filters distrust old dates. */
  readonly at: number;
  readonly from: Mailbox;
  readonly links: MailLinks;
  /** Of the request that caused the mail. */
  readonly requestId: RequestId;
  readonly traceparent: string | null;
}

/** A dot-atom: allowed left of the @ of a Message-ID without quotes. */
const MAIL_ID = /^[\w-]+(?:\.[\w-]+)*$/;

/** Composes a mail. The same input gives the same message. */
export function composeMessage(input: EmailTemplateInput, metadata: MessageMetadata): Message {
  const { mailId, to, language, at, from, links, requestId, traceparent } = metadata;
  if (!MAIL_ID.test(mailId)) throw new TypeError('a mail id has letters, digits, _ and - only, and dots between them');
  const content = renderTemplate(input, to, language);
  const urls = urlsOf(input, at, links);
  return {
    messageId: `<${mailId}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
    from,
    to,
    at,
    subject: content.subject,
    text: renderText(content, urls),
    html: renderHtml(content, urls),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'List-Unsubscribe': `<${urls.oneClick}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'X-Auto-Response-Suppress': 'All',
      'X-Request-Id': requestId,
      ...(traceparent !== null && { traceparent }),
    },
    tags: tagsOf(input, mailId),
  };
}

/** @returns null for a mail to the borrower */
function lenderAddressed(input: EmailTemplateInput): Lender | null {
  return input.kind === 'accepted' || input.kind === 'declined' ? null : input.lender;
}

function tagsOf(input: EmailTemplateInput, mailId: string): NonNullable<Message['tags']> {
  const lender = lenderAddressed(input);
  const { kind, loan } = input;
  return { mail: mailId, kind, loan: loan.loanId, ...(lender && { lender: lender.lenderId }) };
}

function urlsOf(input: EmailTemplateInput, at: number, links: MailLinks): EmailUrls & { readonly oneClick: string } {
  const lender = lenderAddressed(input);
  if (!lender) {
    const borrower: MailRef = { loanId: input.loan.loanId, lenderId: null, round: 0 };
    return { link: links.loan(input.loan.loanId), optOut: links.optOut(borrower, at), oneClick: links.oneClick(borrower, at) };
  }
  const { loanId, lenderId, round, expiresAt } = lender;
  const ref: LenderRef = { loanId, lenderId, round };
  // A lender who accepted long ago must still be able to opt out.
  const until = Math.max(expiresAt, at);
  return {
    link: input.kind === 'funded' ? links.answered(loanId) : links.invitation(ref, expiresAt),
    optOut: links.optOut(ref, until),
    oneClick: links.oneClick(ref, until),
  };
}
