import * as z from 'zod';
import type { Chapter } from '../domain/chapter.ts';
import type { Happening } from '../domain/events.ts';
import type { LenderId } from '../domain/ids.ts';
import { chaptersOf } from '../storage/keys.ts';
import { readableLoan } from './access.ts';
import * as fields from './fields.ts';
import { presentEvent } from './present.ts';
import { type Found, pageSize, scan } from './scan.ts';
import { eventsAnswer } from './shapes.ts';
import type { Query } from './use-case.ts';

const input = z.object({ loan_id: fields.loanId, after: fields.cursor, limit: fields.limit });

interface Event {
  readonly chapter: Chapter;
  readonly index: number;
  readonly happening: Happening;
}

export const readEvents: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ReadEvents',
  summary: 'What happened to a loan, in order and without gaps: all for the borrower; for a lender the loan’s and their own.',
  input,
  output: eventsAnswer,

  async read(asked, reading) {
    const { input, caller } = asked;
    const scope = [caller.userId, readEvents.endpoint, input.loan_id];
    const after = reading.cursors.open(input.after, scope, 'after');
    const { loan, own } = await readableLoan(asked, reading);
    const ownIds = own && new Set(own.map(({ data }) => data.lenderId));
    const size = pageSize(input.limit, own === undefined);
    const { rows, last } = await scan<Event>({
      limit: input.limit,
      after,
      wanted: ({ happening }) => !ownIds || isForLender(happening, ownIds),
      async read(position) {
        const [version = 0, index = -1] = position?.split('.').map(Number) ?? [];
        const chapters = await reading.store.list(chaptersOf(loan.data.loanId, Math.max(version - 1, 0), size));
        const events = chapters.flatMap(({ data }) => eventsOf(data));
        const unseen = events.filter(({ row }) => row.chapter.version !== version || row.index > index);
        return { found: unseen, end: chapters.length < size };
      },
    });
    return {
      success: true,
      events: rows.map(({ chapter, index, happening }) => presentEvent(chapter, index, happening, caller.userId)),
      next_cursor: last === undefined ? null : reading.cursors.seal(last, scope),
    };
  },
};

function isForLender(happening: Happening, own: ReadonlySet<LenderId>): boolean {
  return !('lender' in happening) || own.has(happening.lender.lenderId);
}

function eventsOf(chapter: Chapter): Found<Event>[] {
  return chapter.happenings.map((happening, index) => ({
    row: { chapter, index, happening },
    position: `${chapter.version}.${index}`,
  }));
}
