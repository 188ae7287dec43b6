import { html } from 'hono/html';

/** Markup in which every value was escaped on its way in. */
export type Html = ReturnType<typeof html>;

/** Text in which `backticks` mark what is code, as in the document's descriptions. */
export function prose(text: string): Html {
  const parts = text.split('`').map((part, position) => (position % 2 === 1 ? html`<code>${part}</code>` : part));
  return html`${parts}`;
}

/** An anchor of this page. What a document names may be any text, an anchor not. */
export function anchor(kind: 'about' | 'call' | 'error' | 'group' | 'object', name: string): string {
  return `${kind}-${name.replaceAll(/[^\w-]/g, '-')}`;
}

/** What is to be pasted stays in its lines; what is to be read breaks where it must. */
export function codeBlock(label: string, code: Html | string): Html {
  return html`<figure class="code ${typeof code === 'string' ? 'shell' : 'json'}"><figcaption>${label}</figcaption><pre tabindex="0"><code>${code}</code></pre></figure>`;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(:?)(,?)|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?/g;

/** JSON as people write it, with its names, texts and other values set apart. */
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

/** So that a line of code fits beside the text, and nearly on a phone. */
export const LINE_LENGTH_MAX = 48;

/** JSON in which an object or list that fits a line stays on it. */
export function writeJson(value: unknown, indent = ''): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return line;
  const isList = Array.isArray(value);
  const spaced = line.replaceAll(/("(?:[^"\\]|\\.)*")|([:,])/g, (_, quoted?: string, mark?: string) => quoted ?? `${mark} `);
  const isFlat = Object.values(value).every((member) => typeof member !== 'object' || member === null);
  if (isFlat && indent.length + spaced.length <= LINE_LENGTH_MAX) return spaced;
  const deeper = `${indent}  `;
  const members = Object.entries(value).map(
    ([name, member]) => `${deeper}${isList ? '' : `${JSON.stringify(name)}: `}${writeJson(member, deeper)}`,
  );
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${members.join(',\n')}\n${indent}${close}`;
}
