import { parseRequestId } from '../../domain/ids.ts';
import type { Loan } from '../../domain/loan.ts';
import { mailLinks } from '../../mail/action-links.ts';
import type { Message } from '../../mail/message.ts';
import { composeMessage, type MessageMetadata } from '../../mail/templates/compose-message.ts';
import type { EmailTemplateInput } from '../../mail/templates/email-templates.ts';
import { fixedKeyRing } from '../../storage/key-ring.ts';
import { emailOf, found, lenderOf, loanOf, NOW, unitsOf } from '../app/domain-fixtures.ts';

export const SITE = 'https://lending.example.org/app';
export const LINKS = mailLinks({ publicUrl: SITE, keys: fixedKeyRing(Buffer.alloc(32, 7)) });

/** Ana seeks 20,000.00 USD from three lenders, one of them Ben. */
export const ANAS_LOAN = loanOf({
  borrowerName: 'Ana Silva',
  borrowerEmail: emailOf('ana@example.com'),
  purpose: 'THE PURPOSE',
  totalInvited: unitsOf(1_500_000),
  totalAccepted: unitsOf(500_000),
  lenderCount: 3,
  acceptedCount: 1,
});
/** Closed by Ana at what Ben accepted. */
export const CLOSED_LOAN: Loan = { ...ANAS_LOAN, status: 'funded', totalInvited: unitsOf(500_000), lenderCount: 1 };
/** The whole of a loan was accepted by Ben. */
export const COMPLETE_LOAN: Loan = { ...CLOSED_LOAN, amount: unitsOf(500_000) };
export const BEN = lenderOf('ben', { name: 'Ben Okri' });

export const TEMPLATE_INPUTS: Readonly<Record<string, EmailTemplateInput>> = {
  invitation: { kind: 'invitation', loan: ANAS_LOAN, lender: BEN },
  changed: { kind: 'changed', loan: ANAS_LOAN, lender: BEN },
  reminder: { kind: 'reminder', loan: ANAS_LOAN, lender: BEN },
  accepted: { kind: 'accepted', loan: ANAS_LOAN, lender: BEN },
  declined: { kind: 'declined', loan: ANAS_LOAN, lender: BEN },
  withdrawn: { kind: 'declined', loan: ANAS_LOAN, lender: { ...BEN, status: 'declined', withdrawn: true } },
  'funded, to the borrower': { kind: 'funded', loan: COMPLETE_LOAN, lender: null },
  'funded, to a lender': { kind: 'funded', loan: COMPLETE_LOAN, lender: BEN },
  'closed, to the borrower': { kind: 'funded', loan: CLOSED_LOAN, lender: null },
  'closed, to a lender': { kind: 'funded', loan: CLOSED_LOAN, lender: BEN },
};

export function metadataOf(changes: Partial<MessageMetadata> = {}): MessageMetadata {
  return {
    mailId: 'mail-1',
    to: BEN.email,
    language: 'en',
    at: NOW,
    from: { name: 'Private Lending', address: emailOf('mail@lending.example.org') },
    links: LINKS,
    requestId: found(parseRequestId('request-1'), 'a request id'),
    traceparent: null,
    ...changes,
  };
}

export function messageOf(changes: Partial<MessageMetadata> = {}, lender = BEN): Message {
  return composeMessage({ kind: 'invitation', loan: ANAS_LOAN, lender }, metadataOf({ to: lender.email, ...changes }));
}
