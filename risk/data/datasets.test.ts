import { describe, expect, it } from 'vitest';
import { heldOutData, shiftedHonest, trainingData } from './datasets.ts';
import type { Episode, SentBatch } from './episode.ts';
import { IMPORT_STEP_MAX } from './episode.ts';

const SIZE = { honest: 120, abusive: 2 };
const training = trainingData('test', SIZE);
const heldOut = heldOutData('test', SIZE);
const all = [...training.honest, ...training.abusive, ...heldOut.honest, ...heldOut.abusive, ...shiftedHonest('test', 60)];

const groupsOf = (episodes: readonly Episode[]) => [...new Set(episodes.map(({ group }) => group))];
const batchesOf = (episodes: readonly Episode[]): SentBatch[] =>
  episodes.flatMap(({ senders }) => senders.flatMap(({ batches }) => batches));

describe('the synthetic batches', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(trainingData('test', { honest: 5, abusive: 1 })).toEqual(trainingData('test', { honest: 5, abusive: 1 }));
    expect(trainingData('other', { honest: 5, abusive: 1 })).not.toEqual(trainingData('test', { honest: 5, abusive: 1 }));
  });

  it('have a story alike however many others there are', () => {
    expect(trainingData('test', { honest: 3, abusive: 1 }).honest[2]).toEqual(training.honest[2]);
  });

  it('keep whole attack families out of the training', () => {
    expect(groupsOf(training.abusive)).toEqual([
      'dictionary',
      'bought list',
      'list by a ring',
      'tags of one mailbox',
      'name as payload',
      'made-up mailboxes',
    ]);
    expect(groupsOf(heldOut.abusive)).toEqual([
      'misspellings of one victim',
      'one victim by many senders',
      'slow drip',
      'account taken over',
    ]);
  });

  it('have hard negatives among the honest', () => {
    const groups = groupsOf(batchesAndMore());
    for (const group of [
      'first day',
      'family',
      'company',
      'school',
      'alumni',
      'other script',
      'co-operative',
      'siblings',
      'careful',
    ])
      expect(groups).toContain(group);
  });

  it('are what the server takes: in order, of limited size, and within the loan', () => {
    for (const { senders } of all) {
      for (const { firstSeenAt, batches } of senders) {
        const times = batches.map(({ at }) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(firstSeenAt).toBeLessThanOrEqual(times[0] ?? 0);
      }
    }
    for (const { invited, loanAmount } of batchesOf(all)) {
      expect(invited.length).toBeGreaterThan(0);
      expect(invited.length).toBeLessThanOrEqual(IMPORT_STEP_MAX);
      expect(invited.every(({ contribution }) => Number.isSafeInteger(contribution) && contribution > 0)).toBe(true);
      expect(invited.reduce((sum, { contribution }) => sum + contribution, 0)).toBeLessThanOrEqual(loanAmount);
    }
  });

  it('mark each batch of an attack, but not those of the account before it was taken over', () => {
    expect(batchesOf(training.honest).some(({ isAbusive }) => isAbusive)).toBe(false);
    expect(batchesOf(training.abusive).every(({ isAbusive }) => isAbusive)).toBe(true);
    const takenOver = heldOut.abusive.filter(({ group }) => group === 'account taken over');
    for (const { senders } of takenOver) {
      const marks = senders[0]?.batches.map(({ isAbusive }) => isAbusive) ?? [];
      expect(marks[0]).toBe(false);
      expect(marks.at(-1)).toBe(true);
    }
  });
});

function batchesAndMore(): readonly Episode[] {
  return trainingData('groups', { honest: 400, abusive: 0 }).honest;
}
