import { type Header, parseHeader } from '../inviting/paste/header.ts';
import { type Delimiter, splitCells } from '../inviting/paste/split-cells.ts';

/** How the server will read a column, as far as the header shows it. */
interface PreviewColumn {
  readonly title: string;
  readonly use: 'email' | 'amount' | 'name' | 'ignored';
}

export interface Preview {
  readonly columns: readonly PreviewColumn[];
  /** The first rows, with a cell for each column. */
  readonly samples: readonly (readonly string[])[];
}

/** Characters that are read for the preview. */
const HEAD_LENGTH = 65_536;
const SAMPLES_MAX = 3;
const SEPARATOR_LINE = /^\s*"?sep=(\\t|.)"?[ \t]*(?:\r\n|\r|\n|$)/i;

/** @returns undefined where the first line names no columns, which the server will report */
export function previewColumns(text: string): Preview | undefined {
  const head = text.slice(0, HEAD_LENGTH).replace(/^\ufeff/, '');
  const [line = '', separator] = SEPARATOR_LINE.exec(head) ?? [];
  const body = head.slice(line.length);
  const delimiters: readonly Delimiter[] = separator === ';' || separator === ',' ? [separator] : [',', ';', '\t'];
  const previews = delimiters.map((delimiter) => previewWith(body, delimiter)).filter((preview) => preview !== undefined);
  return previews.toSorted((a, b) => knownIn(b) - knownIn(a))[0];
}

/** Whether the file has the columns without which the server takes no file. */
export function hasRequiredColumns(preview: Preview | undefined): boolean {
  return (
    preview !== undefined && (['email', 'amount'] as const).every((use) => preview.columns.some((column) => column.use === use))
  );
}

/** Whether a title says what the page calls the column anyway, as `email` does for `E-mail`. */
export function isSameTitle(title: string, label: string): boolean {
  return lettersOf(title) === lettersOf(label);
}

function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function previewWith(text: string, delimiter: Delimiter): Preview | undefined {
  const rows = splitCells(text, delimiter).filter((cells) => cells.some((cell) => cell.trim() !== ''));
  const header = parseHeader(
    (rows[0] ?? []).map((cell) => cell.trim()),
    rows.length > 1,
  );
  if (!header) return undefined;
  const columns = header.titles.map((title, index): PreviewColumn => ({ title, use: useOf(index, header) }));
  const samples = rows.slice(1, 1 + SAMPLES_MAX).map((cells) => columns.map((_, index) => (cells[index] ?? '').trim()));
  return { columns, samples };
}

function useOf(index: number, { email, amount, name }: Header): PreviewColumn['use'] {
  if (index === email) return 'email';
  if (index === amount) return 'amount';
  return name.includes(index) ? 'name' : 'ignored';
}

function knownIn({ columns }: Preview): number {
  return columns.filter(({ use }) => use !== 'ignored').length;
}
