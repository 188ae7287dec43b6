import { html } from 'hono/html';

/** Markup with every interpolated value escaped. */
export type Html = ReturnType<typeof html>;

/** Text with code in `backticks`, as in the document's descriptions. */
export function prose(text: string): Html {
  const parts = text.split('`').map((part, position) => (position % 2 === 1 ? html`<code>${part}</code>` : part));
  return html`${parts}`;
}

/** The id of an anchor on this page; characters that an id can't have become hyphens. */
export function anchor(kind: 'about' | 'call' | 'error' | 'group' | 'object' | 'variable', name: string): string {
  return `${kind}-${name.replaceAll(/[^\w-]/g, '-')}`;
}

/** Shell commands, given as a string, keep their lines; JSON markup wraps. */
export function codeBlock(label: string, code: Html | string): Html {
  return html`<figure class="code ${typeof code === 'string' ? 'shell' : 'json'}"><figcaption>${label}</figcaption><pre tabindex="0"><code>${code}</code></pre></figure>`;
}

/** The end quote is optional, so that a quote without one is not looked for again from every quote after it. */
const TOKEN = /("(?:[^"\\]|\\.)*"?)(:?)(,?)|[\w.-]+/g;

/** Indented JSON with its names, strings and other values highlighted. */
export function jsonMarkup(value: unknown): Html {
  const text = writeJson(value);
  const parts: (Html | string)[] = [];
  let end = 0;
  for (const token of text.matchAll(TOKEN)) {
    const [all, quoted, colon = '', comma = ''] = token;
    parts.push(text.slice(end, token.index));
    if (quoted === undefined) parts.push(html`<span class="j-value">${all}</span>`);
    else if (colon) parts.push(html`<span class="j-name">${quoted}</span>${colon}`);
    else if (quoted.includes(' ')) parts.push(html`<span class="j-text">${quoted}</span>${comma}`);
    else parts.push(html`<span class="j-word"><span class="j-text">${quoted}</span>${comma}</span>`);
    end = token.index + all.length;
  }
  return html`${[...parts, text.slice(end)]}`;
}

/** Fits beside the text, and nearly on a phone. */
export const LINE_LENGTH_MAX = 48;

/** Indented JSON that keeps a flat object or list on one line if it fits. */
export function writeJson(value: unknown, indent = ''): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return line;
  const isList = Array.isArray(value);
  const spaced = line.replaceAll(/("(?:[^"\\]|\\.)*"?)|([:,])/g, (_, quoted?: string, mark?: string) => quoted ?? `${mark} `);
  const isFlat = Object.values(value).every((member) => typeof member !== 'object' || member === null);
  if (isFlat && indent.length + spaced.length <= LINE_LENGTH_MAX) return spaced;
  const deeper = `${indent}  `;
  const members = Object.entries(value).map(
    ([name, member]) => `${deeper}${isList ? '' : `${JSON.stringify(name)}: `}${writeJson(member, deeper)}`,
  );
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${members.join(',\n')}\n${indent}${close}`;
}
