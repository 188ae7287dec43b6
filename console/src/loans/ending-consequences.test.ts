import { expect, it } from 'vitest';
import { consequencesOf } from './ending-consequences.ts';

it('asks to notify people who accepted only where somebody has', () => {
  expect(consequencesOf('cancel', { accepted: 1, waiting: 0 })).toContain('cancel.mail');
  expect(consequencesOf('cancel', { accepted: 0, waiting: 5 })).toEqual([
    'cancel.nothing',
    'end.waitingEnds',
    'cancel.mailNobody',
    'cancel.final',
  ]);
});

it('names invitations without an answer only where there are some', () => {
  expect(consequencesOf('close', { accepted: 1, waiting: 0 })).not.toContain('end.waitingEnds');
});
