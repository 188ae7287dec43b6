import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePaste } from '../paste/parse-paste.ts';
import { FIELDS, type Field } from '../paste/paste.ts';
import { createBatches } from './batches.ts';
import { type Draft, emptyDraft, formatDraft, isSending, parseDraft, reduceDraft } from './draft.ts';
import { isBlankRow, ROWS_MAX } from './rows.ts';

const FORMAT = { currency: { code: 'USD', decimals: 2 }, language: 'en' } as const;
const CONTEXT = { ...FORMAT, ownEmail: '', invited: new Map() };

function pasted(draft: Draft, text: string, rowId = draft.rows[0]?.id ?? 0, field: Field = 'email'): Draft {
  const paste = parsePaste(text, field, FORMAT.currency);
  return paste ? reduceDraft(draft, { type: 'paste', rowId, field, paste, format: FORMAT }) : draft;
}

function typed(draft: Draft, index: number, field: Field, value: string): Draft {
  return reduceDraft(draft, { type: 'edit', rowId: draft.rows[index]?.id ?? 0, field, value });
}

function cellsOf({ rows }: Draft): string[][] {
  return rows.filter((row) => !isBlankRow(row)).map(({ email, name, amount, leftovers }) => [email, name, amount, ...leftovers]);
}

function sending(draft: Draft): Draft {
  const rows = draft.rows.filter((row) => !isBlankRow(row));
  return reduceDraft(draft, { type: 'send', batches: createBatches(rows, draft.seed, CONTEXT) });
}

const START = emptyDraft('seed');
const PEOPLE = Array.from({ length: 25 }, (_, index) => `p${index}@example.com\t\t100`).join('\n');

describe('draft of invitations', () => {
  it('gets another blank row where one is added, up to the most that the table has', () => {
    const added = reduceDraft(START, { type: 'add row' });
    expect(added.rows.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    let full = added;
    for (let count = 0; count <= ROWS_MAX; count += 1) full = reduceDraft(full, { type: 'add row' });
    expect(full.rows).toHaveLength(ROWS_MAX);
  });

  it('begins with three blank rows and grows as the last one is filled', () => {
    expect(START.rows).toHaveLength(3);
    expect(typed(START, 2, 'email', 'a').rows).toHaveLength(4);
    expect(typed(START, 0, 'email', 'a').rows).toHaveLength(3);
  });

  it('fills a paste in from the focused row, and adds rows', () => {
    const draft = pasted(START, 'a@example.com\tAnn\t5\nb@example.com\tBen\t6\nc@example.com\tCarl\t7', START.rows[1]?.id);
    expect(draft.rows.map(({ email }) => email)).toEqual(['', 'a@example.com', 'b@example.com', 'c@example.com', '']);
    expect(draft.rows[1]).toMatchObject({ name: 'Ann', amount: '5.00' });
  });

  it('does not replace people by pasted people', () => {
    const draft = pasted(typed(START, 0, 'email', 'old@example.com'), 'a@example.com\t5\nb@example.com\t6');
    expect(cellsOf(draft)).toEqual([
      ['a@example.com', '', '5.00'],
      ['b@example.com', '', '6.00'],
      ['old@example.com', '', ''],
    ]);
  });

  it('puts a column of amounts beside the people, and replaces what it is pasted over', () => {
    const people = pasted(START, 'a@example.com\nb@example.com\nc@example.com');
    const first = pasted(people, '5\n\n7', people.rows[0]?.id, 'amount');
    expect(cellsOf(first).map(([, , amount]) => amount)).toEqual(['5.00', '', '7.00']);
    expect(cellsOf(pasted(first, '8\n9', first.rows[0]?.id, 'amount')).map(([, , amount]) => amount)).toEqual([
      '8.00',
      '9.00',
      '7.00',
    ]);
  });

  it('asks once for the mark of ambiguous amounts, and reads all of them by the decision', () => {
    const draft = pasted(START, 'a@example.com\t1,234\nb@example.com\t5,678\nc@example.com\t7');
    expect(draft.question).toBe('1,234');
    expect(cellsOf(draft).map(([, , amount]) => amount)).toEqual(['1,234', '5,678', '7.00']);
    const decide = (mark: '.' | ',') => reduceDraft(draft, { type: 'decide mark', mark, format: FORMAT });
    expect(cellsOf(decide('.')).map(([, , amount]) => amount)).toEqual(['1,234.00', '5,678.00', '7.00']);
    expect(decide('.').question).toBeUndefined();
    // 1.234 has too many decimals for USD: it stays as it was, and marked.
    expect(decide(',').rows[0]).toMatchObject({ amount: '1,234', hasOpenMark: true });
  });

  it('does not ask where another amount shows the mark', () => {
    const draft = pasted(START, 'a@example.com\t1.234\nb@example.com\t5.678,50');
    expect(draft.question).toBeUndefined();
    expect(cellsOf(draft).map(([, , amount]) => amount)).toEqual(['1,234.00', '5,678.50']);
  });

  it('reads by the decision what another reading is exact for too', () => {
    const draft = pasted(START, 'a@example.com\t1.000');
    const decide = (mark: '.' | ',') => cellsOf(reduceDraft(draft, { type: 'decide mark', mark, format: FORMAT }))[0]?.[2];
    expect([decide(','), decide('.')]).toEqual(['1,000.00', '1.00']);
    const dinars = { currency: { code: 'BHD', decimals: 3 }, language: 'en' } as const;
    const inDinars = reduceDraft(typed(START, 0, 'email', 'b@example.com'), {
      type: 'paste',
      rowId: 1,
      field: 'amount',
      paste: { kind: 'cells', header: undefined, rows: [{ amount: '1,234' }] },
      format: dinars,
    });
    expect(cellsOf(reduceDraft(inDinars, { type: 'decide mark', mark: '.', format: dinars }))[0]?.[2]).toBe('1,234.000');
  });

  it.each([
    ['en', '1.500,25', '1,500.25'],
    ['de', '1500.5', '1.500,50'],
    ['en', '£1,000', '£1,000'],
    ['en', '1.234', '1.234'],
    ['en', '', ''],
  ] as const)('writes an amount that was typed in the language %s, %s, as %s', (language, text, shown) => {
    const format = { ...FORMAT, language };
    const draft = reduceDraft(typed(START, 0, 'amount', text), { type: 'finish amount', rowId: 1, format });
    expect(draft.rows[0]?.amount).toBe(shown);
    expect(reduceDraft(draft, { type: 'finish amount', rowId: 1, format })).toBe(draft);
  });

  it('does not decide on a pasted amount that has two readings where its cell is left', () => {
    const draft = pasted(START, 'a@example.com\t1,234');
    expect(reduceDraft(draft, { type: 'finish amount', rowId: draft.rows[0]?.id ?? 0, format: FORMAT })).toBe(draft);
  });

  it('shows rows of a file without the outcome of an earlier attempt, and takes them out in one step', () => {
    const rows = [{ email: 'a@example.com' }, { email: 'b@' }];
    const draft = sending(pasted(START, PEOPLE));
    const [first, second] = draft.batches;
    const partly = [
      { type: 'batch rejected', key: first?.key ?? '', rejections: { byRow: new Map(), others: [] } },
      { type: 'batch succeeded', key: second?.key ?? '', units: 50_000, seed: 'next' },
    ] as const;
    const before = partly.reduce(reduceDraft, draft);
    expect(before.sent.count).toBe(5);
    const after = reduceDraft(before, { type: 'prefill', prefill: { source: 'file', rows }, format: FORMAT });
    expect(after).toMatchObject({ sent: { count: 0, units: 0 }, undo: { step: 'file', count: 2 } });
    expect(cellsOf(after).map(([email]) => email)).toEqual([...cellsOf(before).map(([email]) => email), 'a@example.com', 'b@']);
    expect(cellsOf(reduceDraft(after, { type: 'undo' }))).toEqual(cellsOf(before));
  });

  it('offers no undoing of a paste where somebody is invited again', () => {
    const prefill = { source: 'ended', rows: [{ email: 'a@example.com', amount: '5' }] } as const;
    const draft = reduceDraft(START, { type: 'prefill', prefill, format: FORMAT });
    expect(cellsOf(draft)).toEqual([['a@example.com', '', '5.00']]);
    expect(draft.undo).toBeUndefined();
  });

  it('counts whom it has invited before, or perhaps has', () => {
    const draft = pasted(START, 'a@example.com\t5\nb@example.com\t6\nc@example.com\t7');
    const outcomeWith = (invited: ReadonlyMap<string, 'pending' | 'ended'> | undefined) => {
      const batches = createBatches(
        draft.rows.filter((row) => !isBlankRow(row)),
        draft.seed,
        { ...CONTEXT, invited },
      );
      const sent = reduceDraft(draft, { type: 'send', batches });
      return reduceDraft(sent, { type: 'batch succeeded', key: batches[0]?.key ?? '', units: 0, seed: 'next' }).sent.again;
    };
    expect([new Map(), new Map([['b@example.com', 'ended' as const]]), undefined].map(outcomeWith)).toEqual([0, 1, 3]);
  });

  it('asks where the amounts contradict each other', () => {
    expect(pasted(START, 'a@example.com\t1.234\nb@example.com\t5,50\nc@example.com\t5.50').question).toBe('1.234');
  });

  it('takes a decision back when the amount is typed', () => {
    const draft = pasted(START, 'a@example.com\t1,234');
    expect(typed(draft, 0, 'amount', '1234')).toMatchObject({ question: undefined, rows: [{ hasOpenMark: false }, {}, {}] });
  });

  it('asks again where a paste with ambiguous amounts is undone and done again', () => {
    const draft = pasted(START, 'a@example.com\t1,234');
    const undone = reduceDraft(draft, { type: 'undo' });
    expect(undone.question).toBeUndefined();
    expect(reduceDraft(undone, { type: 'undo' }).question).toBe('1,234');
    const removed = reduceDraft(draft, { type: 'remove row', rowId: draft.rows[0]?.id ?? 0 });
    expect(removed.question).toBeUndefined();
    expect(reduceDraft(removed, { type: 'undo' }).question).toBe('1,234');
  });

  it('asks no longer where the ambiguous amounts are replaced by a paste', () => {
    const draft = pasted(START, 'a@example.com\t1,234\nb@example.com\t5,678');
    const replaced = pasted(draft, '1234\n5678', draft.rows[0]?.id, 'amount');
    expect(replaced.question).toBeUndefined();
    expect(cellsOf(replaced).map(([, , amount]) => amount)).toEqual(['1,234.00', '5,678.00']);
  });

  it('undoes a paste in one step, and the undoing too', () => {
    const before = typed(START, 0, 'email', 'old@example.com');
    const after = pasted(before, 'a@example.com\t5\nb@example.com\t6');
    const undone = reduceDraft(after, { type: 'undo' });
    expect(undone.rows).toEqual(before.rows);
    expect(undone.undo).toMatchObject({ step: 'paste', isRedo: true });
    expect(cellsOf(reduceDraft(undone, { type: 'undo' }))).toEqual(cellsOf(after));
  });

  it('keeps what was typed after a paste for the undoing of its undoing', () => {
    const edited = typed(pasted(START, 'a@example.com\t5\nb@example.com\t6'), 0, 'amount', '9');
    expect(edited.undo).toMatchObject({ isLast: false });
    const twice = reduceDraft(reduceDraft(edited, { type: 'undo' }), { type: 'undo' });
    expect(cellsOf(twice)).toEqual(cellsOf(edited));
  });

  it('fills amounts in, and undoes that', () => {
    const people = pasted(START, 'a@example.com\nb@example.com');
    const [first, second] = people.rows;
    const filled = reduceDraft(people, {
      type: 'fill amounts',
      amounts: new Map([
        [first?.id ?? 0, '5'],
        [second?.id ?? 0, '6'],
      ]),
    });
    expect(cellsOf(filled).map(([, , amount]) => amount)).toEqual(['5', '6']);
    expect(cellsOf(reduceDraft(filled, { type: 'undo' })).map(([, , amount]) => amount)).toEqual(['', '']);
  });

  it('removes leftovers only where the user removes them', () => {
    const draft = pasted(START, 'a@example.com\tAnn\t5\textra');
    expect(draft.rows[0]?.leftovers).toEqual(['extra']);
    expect(reduceDraft(draft, { type: 'remove leftovers', rowId: draft.rows[0]?.id ?? 0 }).rows[0]?.leftovers).toEqual([]);
  });

  it('does not change rows that are being sent', () => {
    const draft = sending(pasted(START, 'a@example.com\t5'));
    expect(typed(draft, 0, 'email', 'x')).toBe(draft);
    expect(sending(draft)).toBe(draft);
    expect(reduceDraft(draft, { type: 'remove row', rowId: draft.rows[0]?.id ?? 0 })).toBe(draft);
  });

  it('removes who was invited, once, and keeps the others', () => {
    const draft = sending(pasted(START, PEOPLE));
    const succeed = { type: 'batch succeeded', key: draft.batches[0]?.key ?? '', units: 200_000, seed: 'next' } as const;
    const after = reduceDraft(draft, succeed);
    expect(after).toMatchObject({ sent: { count: 20, units: 200_000 }, seed: 'seed' });
    expect(cellsOf(after)).toHaveLength(5);
    expect(reduceDraft(after, succeed)).toBe(after);
    const done = reduceDraft(after, { ...succeed, key: after.batches[0]?.key ?? '', units: 50_000 });
    expect(done).toMatchObject({ sent: { count: 25, units: 250_000, isComplete: true }, seed: 'next', batches: [] });
    expect(cellsOf(done)).toEqual([]);
  });

  it('is not complete where the cells of somebody who was not invited are cleared to write others', () => {
    const draft = sending(pasted(START, PEOPLE));
    const [first, second] = draft.batches;
    const rejected = reduceDraft(draft, {
      type: 'batch rejected',
      key: first?.key ?? '',
      rejections: { byRow: new Map(), others: [] },
    });
    const sent = reduceDraft(rejected, { type: 'batch succeeded', key: second?.key ?? '', units: 50_000, seed: 'next' });
    const cleared = sent.rows.reduce((before, { id }) => reduceDraft(before, { type: 'remove row', rowId: id }), sent);
    expect(cellsOf(cleared)).toEqual([]);
    expect(cleared.sent).toMatchObject({ count: 5, isComplete: false });
  });

  it('marks rejected rows, continues with the other batches, and clears a mark when its cell is changed', () => {
    const draft = sending(pasted(START, PEOPLE));
    const rowId = draft.rows[3]?.id ?? 0;
    const rejections = { byRow: new Map([[rowId, { email: { code: 'DUPLICATE_LENDER', message: 'no' } }]]), others: [] };
    const after = reduceDraft(draft, { type: 'batch rejected', key: draft.batches[0]?.key ?? '', rejections });
    expect(after.batches).toHaveLength(1);
    expect(after.rows[3]?.rejected).toHaveProperty('email');
    const stopped = reduceDraft(after, { type: 'stop sending' });
    expect(typed(stopped, 3, 'email', 'other@example.com').rows[3]?.rejected).toEqual({});
  });

  it('stops sending where the loan has no room left', () => {
    const draft = sending(pasted(START, PEOPLE));
    const rejections = { byRow: new Map(), others: [{ code: 'OVER_FUNDING', message: 'too much' }] };
    const after = reduceDraft(draft, { type: 'batch rejected', key: draft.batches[0]?.key ?? '', rejections });
    expect(isSending(after)).toBe(false);
    expect(after.rejections).toHaveLength(1);
    expect(cellsOf(after)).toHaveLength(25);
    expect(pasted(after, '1\n1', after.rows[0]?.id, 'amount').rejections).toEqual([]);
  });

  it('is the same after a reload, also while it is being sent', () => {
    const draft = sending(pasted(START, PEOPLE));
    expect(parseDraft(formatDraft(draft))).toEqual(JSON.parse(JSON.stringify(draft)));
    for (const text of [null, '', 'x', '{}', '[]', '{"version":0,"draft":{}}']) expect(parseDraft(text)).toBeUndefined();
  });

  it('loses no cell by any series of pastes of people, typing and undoing of the undoing', () => {
    const email = fc.integer({ min: 0, max: 30 }).map((index) => `p${index}@example.com`);
    const line = fc
      .tuple(email, fc.constantFrom('Ann', 'Ben', ''), fc.constantFrom('5', '1,234', 'x1', ''))
      .map((cells) => cells.join('\t'));
    const block = fc.array(line, { minLength: 1, maxLength: 5 }).map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(fc.array(fc.tuple(block, fc.nat(20), fc.constantFrom(...FIELDS)), { maxLength: 6 }), (steps) => {
        let draft = START;
        let expected: string[] = [];
        for (const [text, at, field] of steps) {
          const paste = parsePaste(text, field, FORMAT.currency);
          if (!paste) continue;
          draft = pasted(draft, text, draft.rows[at % draft.rows.length]?.id, field);
          expected = [...expected, ...paste.rows.flatMap((row) => [row.email ?? '', row.name ?? ''])].filter((cell) => cell !== '');
          draft = reduceDraft(reduceDraft(draft, { type: 'undo' }), { type: 'undo' });
        }
        const found = draft.rows.flatMap((row) => [row.email, row.name]).filter((cell) => cell !== '');
        expect(found.toSorted()).toEqual(expected.toSorted());
        expect(new Set(draft.rows.map(({ id }) => id)).size).toBe(draft.rows.length);
      }),
    );
  });

  it('adds no blank row beyond the most that the table takes', () => {
    const full = pasted(START, Array.from({ length: ROWS_MAX }, (_, index) => `p${index}@example.com`).join('\n'));
    expect(full.rows.length).toBeLessThanOrEqual(ROWS_MAX + 2);
    expect(typed(full, ROWS_MAX - 1, 'name', 'x').rows.length).toBe(full.rows.length);
  });
});
