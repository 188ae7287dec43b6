import { html } from 'hono/html';

/** HTML in pieces. Those of a template are the same strings in all mails, so that a transport encodes each of them only once. */
export type Markup = readonly string[];

/** A template of HTML. Escapes values that are strings. */
export function markup(template: TemplateStringsArray, ...values: readonly (Markup | string)[]): Markup {
  const pieces: string[] = [];
  for (const [index, text] of template.entries()) {
    const value = values[index] ?? [];
    if (text !== '') pieces.push(text);
    if (typeof value === 'string') pieces.push(String(html`${value}`));
    else pieces.push(...value);
  }
  return pieces;
}
