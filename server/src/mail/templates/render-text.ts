import type { EmailContent } from './email-templates.ts';

const WIDTH = 72;

export interface EmailUrls {
  readonly link: string;
  /** A page. One-click unsubscribe has another URL, in a header. */
  readonly optOut: string;
}

/** Renders plain text with lines of at most 72 characters; links are not broken. */
export function renderText({ heading, opening, facts, link, closing, reason, optOut }: EmailContent, urls: EmailUrls): string {
  const labelWidth = Math.max(...facts.map(([label]) => label.length));
  const paragraphs = [
    wrap(heading),
    wrap(opening),
    facts.map(([label, value]) => `${label}:`.padEnd(labelWidth + 2) + value).join('\n'),
    `${link}:\n${urls.link}`,
    ...closing.map(wrap),
    '-'.repeat(WIDTH),
    wrap(reason),
    `${optOut}:\n${urls.optOut}`,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
