import type { RequestId } from '../../domain/ids.ts';
import type { LenderRef, MailLinks, MailRef } from '../action-links.ts';
import type { Mailbox, Message } from '../message.ts';
import { type EmailTemplateInput, renderTemplate } from './email-templates.ts';
import { asHtml } from './render-html.ts';
import { asText, type LetterUrls } from './render-text.ts';

export interface MessageMetadata {
  /** Opaque, and the same each time that this letter is sent: a mail program shows its repeats once. */
  readonly letterId: string;
  /** When the letter was written, not when it is sent; epoch milliseconds. */
  readonly at: number;
  readonly from: Mailbox;
  readonly links: MailLinks;
  /** Of the request that led to it. */
  readonly requestId: RequestId;
  readonly traceparent: string | null;
}

/** What may stand left of a Message-ID's @ without quotes. */
const LETTER_ID = /^[\w-]+(?:\.[\w-]+)*$/;

/** Writes a letter: the same content in the same envelope is the same message. */
export function compose(content: EmailTemplateInput, envelope: MessageMetadata): Message {
  const { letterId, at, from, links, requestId, traceparent } = envelope;
  if (!LETTER_ID.test(letterId)) throw new TypeError('a letter’s id has letters, digits, _ and - only, and dots between them');
  const letter = renderTemplate(content);
  const urls = urlsOf(content, at, links);
  return {
    messageId: `<${letterId}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
    from,
    to: readerOf(content),
    at,
    subject: letter.subject,
    text: asText(letter, urls),
    html: asHtml(letter, urls),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'List-Unsubscribe': `<${urls.oneClick}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'X-Auto-Response-Suppress': 'All',
      'X-Request-Id': requestId,
      ...(traceparent !== null && { traceparent }),
    },
  };
}

function readerOf(content: EmailTemplateInput): Message['to'] {
  const lender = lenderReading(content);
  return lender ? lender.email : content.loan.borrowerEmail;
}

/** Undefined where the borrower is the one who reads. */
function lenderReading(content: EmailTemplateInput) {
  if (content.kind === 'invitation' || content.kind === 'reminder') return content.lender;
  return content.kind === 'funded' ? (content.lender ?? undefined) : undefined;
}

function urlsOf(content: EmailTemplateInput, at: number, links: MailLinks): LetterUrls & { readonly oneClick: string } {
  const lender = lenderReading(content);
  if (!lender) {
    const borrower: MailRef = { loanId: content.loan.loanId, lenderId: null, round: 0 };
    return { link: links.site, optOut: links.optOut(borrower, at), oneClick: links.oneClick(borrower, at) };
  }
  const { loanId, lenderId, round, expiresAt } = lender;
  const ref: LenderRef = { loanId, lenderId, round };
  // Who has accepted long ago is still to be able to stop what comes now.
  const until = Math.max(expiresAt, at);
  return {
    link: content.kind === 'funded' ? links.site : links.invitation(ref, expiresAt),
    optOut: links.optOut(ref, until),
    oneClick: links.oneClick(ref, until),
  };
}
