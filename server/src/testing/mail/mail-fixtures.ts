import type { RequestId } from '../../domain/ids.ts';
import { parseRequestId } from '../../domain/ids.ts';
import { mailLinks } from '../../mail/action-links.ts';
import type { Message } from '../../mail/message.ts';
import { compose, type MessageMetadata } from '../../mail/templates/compose-message.ts';
import type { EmailTemplateInput } from '../../mail/templates/email-templates.ts';
import { emailOf, lenderOf, loanOf, NOW, unitsOf } from '../app/domain-fixtures.ts';

/* Letters and what they are made of, for tests of mail. */

export const SITE = 'https://lending.example.org/app';
export const LINKS = mailLinks({ publicUrl: SITE, key: Buffer.alloc(32, 7) });

/** Ana has asked three people for 20,000.00 USD; Ben is one of them. */
export const ANAS_LOAN = loanOf({
  borrowerName: 'Ana Silva',
  borrowerEmail: emailOf('ana@example.com'),
  purpose: 'THE PURPOSE',
  totalInvited: unitsOf(1_500_000),
  totalAccepted: unitsOf(500_000),
  lenderCount: 3,
  acceptedCount: 1,
});
export const BEN = lenderOf('ben', { name: 'Ben Okri' });

export const CONTENTS: Readonly<Record<string, EmailTemplateInput>> = {
  invitation: { kind: 'invitation', loan: ANAS_LOAN, lender: BEN },
  reminder: { kind: 'reminder', loan: ANAS_LOAN, lender: BEN },
  accepted: { kind: 'accepted', loan: ANAS_LOAN, lender: BEN },
  declined: { kind: 'declined', loan: ANAS_LOAN, lender: BEN },
  'funded, to the borrower': { kind: 'funded', loan: ANAS_LOAN, lender: null },
  'funded, to a lender': { kind: 'funded', loan: ANAS_LOAN, lender: BEN },
};

export function envelopeOf(changes: Partial<MessageMetadata> = {}): MessageMetadata {
  return {
    letterId: 'letter-1',
    at: NOW,
    from: { name: 'Private Lending', address: emailOf('post@lending.example.org') },
    links: LINKS,
    requestId: requestIdOf('request-1'),
    traceparent: null,
    ...changes,
  };
}

export function messageOf(changes: Partial<MessageMetadata> = {}, lender = BEN): Message {
  return compose({ kind: 'invitation', loan: ANAS_LOAN, lender }, envelopeOf(changes));
}

function requestIdOf(text: string): RequestId {
  const id = parseRequestId(text);
  if (!id) throw new TypeError(`${text} is no request id`);
  return id;
}
