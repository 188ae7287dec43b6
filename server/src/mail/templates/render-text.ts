import type { EmailContent } from './email-templates.ts';

export const RULE = '-'.repeat(72);

export interface EmailUrls {
  readonly link: string;
  /** A page. One-click unsubscribe has another URL, in a header. */
  readonly optOut: string;
}

/** Renders plain text, a paragraph a line. The transport wraps it. */
export function renderText(content: EmailContent, urls: EmailUrls): string {
  const { heading, greeting, opening, facts, link, closing, reason, optOut } = content;
  const labelWidth = Math.max(...facts.map(([label]) => label.length));
  const paragraphs = [
    heading,
    greeting,
    opening,
    facts.map(([label, value]) => `${label}:`.padEnd(labelWidth + 2) + value).join('\n'),
    `${link}:\n${urls.link}`,
    ...closing,
    RULE,
    reason,
    `${optOut}:\n${urls.optOut}`,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}
