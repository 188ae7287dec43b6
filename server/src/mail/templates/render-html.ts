import { html, raw } from 'hono/html';
import type { EmailContent } from './email-templates.ts';
import type { EmailUrls } from './render-text.ts';

/*
 * HTML for mail programs: tables and inline styles, which all of them support, and a style sheet for those that know dark mode and
 * narrow screens. Loads nothing from other hosts.
 *
 * What differs between mails begins a line, often with the end of a tag, so that the lines before it are the same in all of them:
 * the transport encodes each line once (transports/quoted-printable.ts).
 */

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const TEXT = 'color:#22262a';
const MUTED = 'color:#5c6266';
const WRAP = 'word-break:break-word;overflow-wrap:anywhere';
/* Styles have no double quotes. They are not escaped for each mail again. */
const PAGE = raw('margin:0;padding:0;background-color:#f4f2ed');
const CARD = raw(
  'max-width:560px;margin:0 auto;background-color:#ffffff;border:1px solid #e5e1d9;border-radius:10px;table-layout:fixed',
);
export const PARAGRAPH = raw(`margin:0 0 14px;${WRAP};${FONT};font-size:16px;line-height:1.5;${TEXT}`);
export const HEADING = raw(`margin:0 0 14px;${FONT};font-size:23px;line-height:1.25;font-weight:700;${TEXT}`);
const LABEL = raw(
  `padding:8px 14px 8px 0;border-top:1px solid #e5e1d9;text-align:left;vertical-align:top;font-weight:400;width:42%;${WRAP};-webkit-hyphens:auto;hyphens:auto;${FONT};font-size:14px;line-height:1.45;${MUTED}`,
);
const VALUE = raw(
  `padding:8px 0;border-top:1px solid #e5e1d9;text-align:left;vertical-align:top;font-weight:600;${WRAP};${FONT};font-size:15px;line-height:1.45;${TEXT}`,
);
const BUTTON = raw(
  `display:inline-block;padding:12px 22px;border-radius:8px;background-color:#0f6b58;color:#ffffff;text-decoration:none;${FONT};font-size:16px;line-height:1.25;font-weight:600`,
);
const PLAIN_LTEXT = raw(`color:#0f6b58;word-break:break-all;${FONT};font-size:13px;line-height:1.45`);
export const SMALL = raw(`margin:0 0 8px;${WRAP};${FONT};font-size:13px;line-height:1.5;${MUTED}`);

const STYLE_SHEET = `
@media (prefers-color-scheme: dark) {
  .page { background-color: #15181a !important; }
  .card { background-color: #1c2023 !important; border-color: #2d3236 !important; }
  .ink { color: #e4e7e8 !important; }
  .soft { color: #a3a9ad !important; }
  .line { border-color: #2d3236 !important; }
  .link { color: #6fc5ae !important; }
}
@media (max-width: 420px) { .inner { padding: 22px 18px !important; } }
`;

export type Html = ReturnType<typeof html>;

/** Renders HTML. Every value is escaped. */
export function renderHtml(content: EmailContent, urls: EmailUrls): string {
  const { language, subject, heading, greeting, opening, facts, link, closing, reason, optOut } = content;
  const card = html`<h1 class="ink" style="${HEADING}"
>${heading}</h1>
<p class="ink" style="${PARAGRAPH}"
>${greeting}</p>
<p class="ink" style="${PARAGRAPH}"
>${opening}</p>
<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;table-layout:fixed;margin:0 0 20px">
${facts.map(
  ([label, value]) =>
    html`<tr><th scope="row" class="soft line" style="${LABEL}"
>${label}</th><td class="ink line" style="${VALUE}"
>${value}</td></tr>
`,
)}</table>
<p style="margin:0 0 8px">${solidButton(urls.link, link)}</p>
<p style="margin:0 0 20px"><a class="link" style="${PLAIN_LTEXT}"
href="${urls.link}">${urls.link.replace(/#.*/, '')}</a></p>
${closing.map(
  (paragraph) => html`<p class="ink" style="${PARAGRAPH}"
>${paragraph}</p>
`,
)}`;
  const footer = html`<p class="soft" style="${SMALL}"
>${reason}</p>
<p style="${SMALL}"><a class="link" style="color:#0f6b58"
href="${urls.optOut}">${optOut}</a></p>`;
  return renderPage({ language, subject }, card, footer);
}

export function solidButton(url: string, label: string): Html {
  return html`<a style="${BUTTON}"
href="${url}">${label}</a>`;
}

/** The frame of every mail. @param footer below the card */
export function renderPage({ language, subject }: Pick<EmailContent, 'language' | 'subject'>, card: Html, footer: Html): string {
  const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<title>${subject}</title>
<style>${raw(STYLE_SHEET)}</style>
</head>
<body class="page" style="${PAGE}">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="${PAGE};table-layout:fixed"><tr><td align="center" style="padding:20px 10px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="${CARD}"><tr><td class="inner" align="left" style="padding:30px 32px">
<p class="soft" style="${SMALL}">Private Lending</p>
${card}</td></tr></table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;margin:0 auto;table-layout:fixed"><tr><td class="inner" align="left" style="padding:16px 32px">
${footer}
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
  if (page instanceof Promise) throw new TypeError('a template has no promises');
  return page.toString();
}
