import { formatAmount } from '@private-lending/locale/numbers';
import { parseAmount } from '@private-lending/locale/read-amount';
import type { Field, Paste } from '../paste/paste.ts';
import type { Prefill } from '../prefill.ts';
import type { Batch, Rejections } from './batches.ts';
import { decideMark, emptyRow, fillIn, isBlankRow, type PasteFormat, ROWS_MAX, type Row, withBlankRows } from './rows.ts';

/** What a change that can be undone was. */
type Step = 'paste' | 'file' | 'amounts' | 'removal';

/** The people that a borrower is about to invite to a loan. Kept in the browser until they are invited. */
export interface Draft {
  readonly rows: readonly Row[];
  readonly nextId: number;
  /** Part of the keys of requests. Replaced when all is sent, so that people who are invited again later get a new invitation. */
  readonly seed: string;
  /** What is being sent, in order. Its rows can't be changed meanwhile. */
  readonly batches: readonly Batch[];
  /** The rows before the last step, or after it if it was undone. */
  readonly undo?: Undo | undefined;
  /** A pasted amount such as `1,234`, whose mark the user has to decide on. */
  readonly question?: string | undefined;
  readonly sent: Sent;
  /** Problems of the last attempt to send that are of no cell. */
  readonly rejections: readonly { readonly code: string; readonly message: string }[];
}

interface Undo {
  readonly step: Step;
  readonly rows: readonly Row[];
  /** The open question of these rows. */
  readonly question?: string | undefined;
  /** The step was undone, and can be done again. */
  readonly isRedo: boolean;
  /** Nothing was typed since. */
  readonly isLast: boolean;
  /** Rows that were added. */
  readonly count: number;
}

/** What was invited since the table was last blank, or got rows of another page. */
export interface Sent {
  readonly count: number;
  /** In minor units. */
  readonly units: number;
  /** When the first invitation ends, RFC 3339. */
  readonly expiresAt?: string | undefined;
  /** When the last ones were invited, RFC 3339. */
  readonly invitedAt?: string | undefined;
  /** How many of them may have been invited before. */
  readonly again?: number;
  /** Nobody was left in the table. */
  readonly isComplete?: boolean;
  /** The visit of the page in which the user has seen that. */
  readonly seenIn?: string;
}

export type Action =
  | { readonly type: 'edit'; readonly rowId: number; readonly field: Field; readonly value: string }
  | { readonly type: 'paste'; readonly rowId: number; readonly field: Field; readonly paste: Paste; readonly format: PasteFormat }
  | { readonly type: 'finish amount'; readonly rowId: number; readonly format: PasteFormat }
  | { readonly type: 'prefill'; readonly prefill: Prefill; readonly format: PasteFormat }
  | { readonly type: 'decide mark'; readonly mark: '.' | ','; readonly format: PasteFormat }
  | { readonly type: 'fill amounts'; readonly amounts: ReadonlyMap<number, string> }
  | { readonly type: 'remove row' | 'remove leftovers'; readonly rowId: number }
  | { readonly type: 'add row' | 'undo' }
  | { readonly type: 'send'; readonly batches: readonly Batch[] }
  | {
      readonly type: 'batch succeeded';
      readonly key: string;
      readonly units: number;
      readonly expiresAt?: string | undefined;
      readonly invitedAt?: string | undefined;
      readonly seed: string;
    }
  | { readonly type: 'batch rejected'; readonly key: string; readonly rejections: Rejections }
  | { readonly type: 'outcome seen'; readonly visit: string }
  | { readonly type: 'stop sending' }
  | { readonly type: 'reset'; readonly seed: string };

const NOTHING_SENT: Sent = { count: 0, units: 0 };

export function emptyDraft(seed: string): Draft {
  return { ...withBlankRows({ rows: [], nextId: 1 }), seed, batches: [], sent: NOTHING_SENT, rejections: [] };
}

export function isSending({ batches }: Draft): boolean {
  return batches.length > 0;
}

/** The rows of the batches that are not finished. */
export function rowsBeingSent({ batches }: Draft): ReadonlySet<number> {
  return new Set(batches.flatMap(({ lenders }) => lenders.map(({ rowId }) => rowId)));
}

export function reduceDraft(draft: Draft, action: Action): Draft {
  switch (action.type) {
    case 'batch succeeded':
      return withoutInvited(draft, action);
    case 'batch rejected':
      return withRejections(draft, action.key, action.rejections);
    case 'stop sending':
      return { ...draft, batches: [] };
    case 'reset':
      return emptyDraft(action.seed);
    default:
      // The rows of a request must stay as they were sent.
      return isSending(draft) ? draft : change(draft, action);
  }
}

type Change = Exclude<Action, { type: 'batch succeeded' | 'batch rejected' | 'stop sending' | 'reset' }>;

function change(draft: Draft, action: Change): Draft {
  switch (action.type) {
    case 'edit':
      return {
        ...grown(
          draft,
          draft.rows.map((row) => edited(row, action)),
        ),
        undo: draft.undo && { ...draft.undo, isLast: false },
      };
    case 'finish amount':
      return finishAmount(draft, action);
    case 'paste':
      return {
        ...filled(draft, action.paste, action.rowId, action.format),
        undo: undoOf('paste', draft, action.paste.rows.length),
      };
    case 'prefill':
      return prefilled(draft, action);
    case 'decide mark':
      return { ...draft, question: undefined, rows: decideMark(draft.rows, action.mark, action.format) };
    case 'fill amounts':
      return {
        ...grown(
          draft,
          draft.rows.map((row) => withAmount(row, action.amounts.get(row.id))),
        ),
        undo: undoOf('amounts', draft),
      };
    case 'add row':
      return draft.rows.length < ROWS_MAX
        ? { ...draft, rows: [...draft.rows, emptyRow(draft.nextId)], nextId: draft.nextId + 1 }
        : draft;
    case 'remove row':
      return {
        ...grown(
          draft,
          draft.rows.filter(({ id }) => id !== action.rowId),
        ),
        undo: undoOf('removal', draft),
      };
    case 'remove leftovers':
      return { ...draft, rows: draft.rows.map((row) => (row.id === action.rowId ? { ...row, leftovers: [] } : row)) };
    case 'undo':
      return undo(draft);
    case 'outcome seen':
      return { ...draft, sent: { ...draft.sent, seenIn: action.visit } };
    case 'send':
      return { ...draft, batches: action.batches, rejections: [], undo: undefined, question: undefined };
  }
}

function filled(draft: Draft, paste: Paste, rowId: number, format: PasteFormat): Draft {
  const { rows, nextId, question = draft.question } = fillIn(draft, paste, rowId, format);
  return grown({ ...draft, nextId, question }, rows);
}

/** The outcome of an earlier attempt is not shown with these rows, which were no part of it. */
function prefilled(draft: Draft, { prefill: { source, rows }, format }: Extract<Action, { type: 'prefill' }>): Draft {
  const row = draft.rows.find(isBlankRow) ?? draft.rows.at(-1);
  if (!row) return draft;
  return {
    ...filled(draft, { kind: 'lenders', rows, header: undefined }, row.id, format),
    sent: NOTHING_SENT,
    undo: source === 'file' ? undoOf('file', draft, rows.length) : undefined,
  };
}

/** A question is open while there is an amount that it is about. */
function grown(draft: Draft, rows: readonly Row[]): Draft {
  const question = rows.some(({ hasOpenMark }) => hasOpenMark) ? draft.question : undefined;
  return { ...draft, ...withBlankRows({ rows, nextId: draft.nextId }), question, rejections: [] };
}

function edited(row: Row, { rowId, field, value }: { readonly rowId: number; readonly field: Field; readonly value: string }): Row {
  if (row.id !== rowId) return row;
  const { [field]: _, ...rejected } = row.rejected;
  return { ...row, [field]: value, rejected, hasOpenMark: field === 'amount' ? false : row.hasOpenMark };
}

/** Writes an amount that was typed as it is read. It is no step of its own for the undo. */
function finishAmount(draft: Draft, { rowId, format }: Extract<Action, { type: 'finish amount' }>): Draft {
  const { currency, language } = format;
  const row = draft.rows.find(({ id }) => id === rowId);
  if (!row || row.hasOpenMark) return draft;
  const read = parseAmount(row.amount, currency, language);
  const amount = 'amount' in read ? formatAmount(read.amount, currency, language) : row.amount;
  if (amount === row.amount) return draft;
  return { ...draft, rows: draft.rows.map((other) => (other === row ? { ...row, amount } : other)) };
}

function withAmount(row: Row, amount: string | undefined): Row {
  if (amount === undefined) return row;
  const { amount: _, ...rejected } = row.rejected;
  return { ...row, amount, rejected, hasOpenMark: false };
}

function undoOf(step: Step, { rows, question }: Draft, count = 0): Undo {
  return { step, rows, question, isRedo: false, isLast: true, count };
}

/** Undoing is a step that can be undone too: nothing is lost that was typed since. */
function undo(draft: Draft): Draft {
  if (!draft.undo) return draft;
  const { step, rows, question, isRedo, count } = draft.undo;
  return { ...grown({ ...draft, question }, rows), undo: { ...undoOf(step, draft, count), isRedo: !isRedo } };
}

function withoutInvited(draft: Draft, action: Extract<Action, { type: 'batch succeeded' }>): Draft {
  const batch = draft.batches.find(({ key }) => key === action.key);
  if (!batch) return draft; // a repeat
  const invited = new Set(batch.lenders.map(({ rowId }) => rowId));
  const batches = draft.batches.filter((other) => other !== batch);
  const { rows, nextId } = withBlankRows({ rows: draft.rows.filter(({ id }) => !invited.has(id)), nextId: draft.nextId });
  return {
    ...draft,
    rows,
    nextId,
    batches,
    seed: batches.length === 0 ? action.seed : draft.seed,
    sent: {
      count: draft.sent.count + batch.lenders.length,
      units: draft.sent.units + action.units,
      expiresAt: draft.sent.expiresAt ?? action.expiresAt,
      invitedAt: action.invitedAt ?? draft.sent.invitedAt,
      again: (draft.sent.again ?? 0) + batch.lenders.filter(({ isAgain }) => isAgain === true).length,
      isComplete: batches.length === 0 && rows.every(isBlankRow),
    },
  };
}

/** The rows of the batch can be changed again. Over-funding stops the others too: they would be rejected likewise. */
function withRejections(draft: Draft, key: string, { byRow, others }: Rejections): Draft {
  const rows = draft.rows.map((row) => {
    const rejected = byRow.get(row.id);
    return rejected ? { ...row, rejected: { ...row.rejected, ...rejected } } : row;
  });
  const batches = others.length > 0 ? [] : draft.batches.filter((batch) => batch.key !== key);
  return { ...draft, rows, batches, rejections: [...draft.rejections, ...others] };
}

/** Reads a stored draft. @returns undefined for what is none, or one of another version of the console */
export function parseDraft(text: string | null): Draft | undefined {
  try {
    const { version, draft } = JSON.parse(text ?? 'null') ?? {};
    return version === VERSION ? draft : undefined;
  } catch {
    return undefined; // not JSON
  }
}

export function formatDraft(draft: Draft): string {
  return JSON.stringify({ version: VERSION, draft });
}

/** Of the stored form. */
const VERSION = 1;
