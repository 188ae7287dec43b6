import { describe, expect, it } from 'vitest';
import { parseMailId, parseRequestId } from '../domain/ids.ts';
import { createOutgoingMail } from '../domain/outgoing-mail.ts';
import { emailOf, found, LOAN_ID, lenderIdFor, NOW } from '../testing/app/domain-fixtures.ts';
import { logMailAttempts, type MailAttempt } from './background-log.ts';
import { makeLog } from './log.ts';
import { PrometheusMetrics } from './prometheus.ts';

const ABOUT = {
  mailId: found(parseMailId('mail'.padEnd(22, '_')), 'mail'),
  kind: 'invitation',
  loanId: LOAN_ID,
  lenderId: lenderIdFor('ana'),
  round: 1,
  to: emailOf('ana@example.com'),
} as const;
const MAIL = { ...createOutgoingMail(ABOUT, NOW), requestId: found(parseRequestId('r'), 'r'), traceparent: null };

describe('logMailAttempts', () => {
  const messageOf = (outcome: MailAttempt['outcome']) => {
    const lines: string[] = [];
    const log = makeLog({ write: (line) => void lines.push(line) });
    logMailAttempts(log, new PrometheusMetrics())({ outcome, outgoingMail: MAIL });
    return JSON.parse(lines.join('')).msg;
  };

  it('does not say of mail on which an operator decides that it waits for a day', () => {
    expect(messageOf('held-back-hold')).toBe('mail held back until an operator decides');
    expect(messageOf('held-back')).toBe('mail held back');
  });
});
