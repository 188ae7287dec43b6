import { describe, expect, it } from 'vitest';
import type { Episode, Invited, SentBatch } from '../data/episode.ts';
import { samplesOf } from './samples.ts';

const DAY = 86_400_000;
const NOON = 20_000 * DAY + DAY / 2;

function batchAt(at: number, invited: readonly Partial<Invited>[], isAbusive = false): SentBatch {
  const all = invited.map(
    (each, index): Invited => ({
      email: `friend${index}@example.com`,
      name: null,
      contribution: 5000,
      response: null,
      otherSenders: 0,
      ...each,
    }),
  );
  return { at, senderName: 'Ana', purpose: null, loanAmount: 100_000, invited: all, isAbusive };
}

describe('samplesOf', () => {
  it('gives each batch the history before it: only responses that had come by then', () => {
    const response = { outcome: 'accepted', at: NOON + DAY } as const;
    const batches = [batchAt(NOON, [{ response }]), batchAt(NOON + 1000, [{}]), batchAt(NOON + 2 * DAY, [{}])];
    const samples = samplesOf([{ group: 'friends', senders: [{ firstSeenAt: NOON, batches }] }]);
    expect(samples.map(({ history }) => history.accepted)).toEqual([0, 0, 1]);
    expect(samples.map(({ history }) => history.invited)).toEqual([0, 1, 2]);
  });

  it('counts the other senders of a mailbox in the order of time, however it is spelled', () => {
    const senders = ['victim@gmail.com', 'v.ictim+2@gmail.com', 'victim@googlemail.com'].map((email, index) => ({
      firstSeenAt: NOON,
      batches: [batchAt(NOON + index, [{ email }], true)],
    }));
    const many: Episode = { group: 'bombing', senders };
    expect(samplesOf([many]).map(({ features }) => features.otherSenders)).toEqual([0, 1, Math.log2(3)]);
  });

  it('keeps senders of different stories apart', () => {
    const stories = [1, 2].map(
      (): Episode => ({ group: 'friends', senders: [{ firstSeenAt: NOON, batches: [batchAt(NOON, [{}])] }] }),
    );
    const samples = samplesOf(stories);
    expect(samples.map(({ features }) => features.otherSenders)).toEqual([0, 0]);
    expect(samples.map(({ episode }) => episode)).toEqual([0, 1]);
  });
});
