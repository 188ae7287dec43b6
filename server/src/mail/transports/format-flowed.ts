/** Lines are broken at this length at the latest, soft breaks included, except within a word. RFC 3676 recommends 78 at most. */
const WIDTH = 74;
/** What a receiver would take for quoting, stuffing or an envelope line at the start of a line. */
const NEEDS_STUFFING = /^(?: |>|From )/;

/** Content type of the text that `toFlowed` returns. */
export const FLOWED_TYPE = 'text/plain; charset=utf-8; format=flowed; delsp=yes';

/**
 * Encodes text by RFC 3676 with DelSp: receivers join the lines of a paragraph again. Words, and so URLs, are never broken.
 * @param text a paragraph a line
 */
export function toFlowed(text: string): string {
  return text.split('\n').flatMap(flowParagraph).join('\n');
}

function flowParagraph(paragraph: string): string[] {
  const lines: string[] = [];
  let rest = paragraph.trimEnd(); // a line that ends with a space would be joined with the next one
  for (let end = breakOf(rest); end !== undefined; end = breakOf(rest)) {
    lines.push(`${stuff(rest.slice(0, end))} `); // this space is deleted when the lines are joined, those before it stay
    rest = rest.slice(end);
  }
  return [...lines, stuff(rest)];
}

/** Where the next line starts: after the last spaces that fit, else after the first ones. Undefined if all fits. */
function breakOf(text: string): number | undefined {
  if (text.length <= WIDTH) return undefined;
  const start = /^ */.exec(text)?.[0].length ?? 0;
  const last = text.lastIndexOf(' ', WIDTH);
  const space = last >= start ? last : text.indexOf(' ', WIDTH);
  return space < 0 ? undefined : space + 1;
}

function stuff(line: string): string {
  return NEEDS_STUFFING.test(line) ? ` ${line}` : line;
}
