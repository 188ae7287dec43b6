import { describe, expect, it } from 'vitest';
import { emailOf } from '../../testing/app/domain-fixtures.ts';
import type { RiskBatch } from './risk-batch.ts';
import { DAY_MS, invitedLastDay, newSender, recordBatch, settledInvitations, WINDOW_MAX } from './sender-history.ts';

const MIDNIGHT = 20_000 * DAY_MS;

function batchOf(count: number, at: number): RiskBatch {
  const email = emailOf(`ana${count}@example.com`);
  const invitations = Array.from({ length: count }, () => ({ email, name: null, contribution: 100 }));
  return { at, senderName: null, purpose: null, loanAmount: 1000, invitations };
}

describe('the history of a sender', () => {
  it('estimates the last 24 hours from two days', () => {
    const yesterday = recordBatch(newSender(0), batchOf(40, MIDNIGHT - DAY_MS / 2));
    const today = recordBatch(yesterday, batchOf(8, MIDNIGHT + DAY_MS / 4));
    expect(invitedLastDay(today, MIDNIGHT + DAY_MS / 4)).toBe(8 + 40 * 0.75);
    expect(invitedLastDay(today, MIDNIGHT + DAY_MS * 1.5)).toBe(8 * 0.5);
    expect(invitedLastDay(today, MIDNIGHT + DAY_MS * 5)).toBe(0);
  });

  it('takes invitations as settled after the next day', () => {
    const history = recordBatch(recordBatch(newSender(0), batchOf(30, MIDNIGHT)), batchOf(5, MIDNIGHT + DAY_MS));
    expect(settledInvitations(history, MIDNIGHT + DAY_MS)).toBe(0);
    expect(settledInvitations(history, MIDNIGHT + 2 * DAY_MS)).toBe(30);
    expect(settledInvitations(history, MIDNIGHT + 3 * DAY_MS)).toBe(35);
  });

  it('counts a batch of a clock that was set back to the latest day', () => {
    const history = recordBatch(recordBatch(newSender(0), batchOf(3, MIDNIGHT)), batchOf(4, MIDNIGHT - DAY_MS));
    expect(history.invitedOnDay).toBe(7);
  });

  it('keeps at most a window of recent invitations, the newest first, and drops those of last week', () => {
    const first = recordBatch(newSender(0), batchOf(60, MIDNIGHT));
    const full = recordBatch(first, batchOf(70, MIDNIGHT + 1));
    expect(full.recent).toHaveLength(WINDOW_MAX);
    expect(full.recent[69]?.email).toBe('ana70@example.com');
    expect(full.recent[70]?.email).toBe('ana60@example.com');
    expect(recordBatch(full, batchOf(2, MIDNIGHT + 8 * DAY_MS)).recent).toHaveLength(2);
  });
});
