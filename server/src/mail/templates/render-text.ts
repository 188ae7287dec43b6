import type { EmailContent } from './email-templates.ts';

const WIDTH = 72;

export interface LetterUrls {
  readonly link: string;
  /** A page; the one click of mail programs goes elsewhere. */
  readonly optOut: string;
}

/** The letter as plain text: lines of at most 72 characters, but for links, which stay whole. */
export function asText({ heading, opening, facts, link, closing, reason, optOut }: EmailContent, urls: LetterUrls): string {
  const widest = Math.max(...facts.map(([label]) => label.length));
  const parts = [
    wrapped(heading),
    wrapped(opening),
    facts.map(([label, value]) => `${label}:`.padEnd(widest + 2) + value).join('\n'),
    `${link}:\n${urls.link}`,
    ...closing.map(wrapped),
    '-'.repeat(WIDTH),
    wrapped(reason),
    `${optOut}:\n${urls.optOut}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function wrapped(text: string): string {
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
