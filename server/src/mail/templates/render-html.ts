import type { EmailContent } from './email-templates.ts';
import { type Markup, markup } from './markup.ts';
import type { EmailUrls } from './render-text.ts';

/*
 * HTML for mail programs: tables and inline styles, which all of them support, and a style sheet for those that know dark mode and
 * narrow screens. Loads nothing from other hosts.
 */

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const TEXT = 'color:#22262a';
const MUTED = 'color:#5c6266';
const WRAP = 'word-break:break-word;overflow-wrap:anywhere';
const PAGE = 'margin:0;padding:0;background-color:#f4f2ed';
const CARD =
  'max-width:560px;margin:0 auto;background-color:#ffffff;border:1px solid #e5e1d9;border-radius:10px;table-layout:fixed';
const PARAGRAPH = `margin:0 0 14px;${WRAP};${FONT};font-size:16px;line-height:1.5;${TEXT}`;
const HEADING = `margin:0 0 14px;${FONT};font-size:23px;line-height:1.25;font-weight:700;${TEXT}`;
const LABEL = `padding:8px 14px 8px 0;border-top:1px solid #e5e1d9;text-align:left;vertical-align:top;font-weight:400;width:42%;${WRAP};-webkit-hyphens:auto;hyphens:auto;${FONT};font-size:14px;line-height:1.45;${MUTED}`;
const VALUE = `padding:8px 0;border-top:1px solid #e5e1d9;text-align:left;vertical-align:top;font-weight:600;${WRAP};${FONT};font-size:15px;line-height:1.45;${TEXT}`;
const BUTTON = `display:inline-block;padding:12px 22px;border-radius:8px;background-color:#0f6b58;color:#ffffff;text-decoration:none;${FONT};font-size:16px;line-height:1.25;font-weight:600`;
const PLAIN_LTEXT = `color:#0f6b58;word-break:break-all;${FONT};font-size:13px;line-height:1.45`;
const SMALL = `margin:0 0 8px;${WRAP};${FONT};font-size:13px;line-height:1.5;${MUTED}`;

/* Start tags. Styles have no double quotes. */
const HEADING_TAG = [`<h1 class="ink" style="${HEADING}">`];
const PARAGRAPH_TAG = [`<p class="ink" style="${PARAGRAPH}">`];
const SMALL_TAG = [`<p class="soft" style="${SMALL}">`];
const LABEL_TAG = [`<tr><th scope="row" class="soft line" style="${LABEL}">`];
const VALUE_TAG = [`</th><td class="ink line" style="${VALUE}">`];
const BUTTON_TAG = [`<a style="${BUTTON}" href="`];
const PLAIN_LINK_TAG = [`<a class="link" style="${PLAIN_LTEXT}" href="`];

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

/* The frame of a page, around what differs. */
const BEFORE_TITLE = [
  `<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<title>`,
];
const AFTER_TITLE = [
  `</title>
<style>${STYLE_SHEET}</style>
</head>
<body class="page" style="${PAGE}">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="${PAGE};table-layout:fixed"><tr><td align="center" style="padding:20px 10px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="${CARD}"><tr><td class="inner" align="left" style="padding:30px 32px">
<p class="soft" style="${SMALL}">Private Lending</p>
`,
];
const BEFORE_FOOTER = [
  `</td></tr></table>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;margin:0 auto;table-layout:fixed"><tr><td class="inner" align="left" style="padding:16px 32px">
`,
];

/** Renders HTML. Every value is escaped. */
export function renderHtml(content: EmailContent, urls: EmailUrls): Markup {
  const { language, subject, heading, greeting, opening, facts, link, closing, reason, optOut } = content;
  const card = markup`${renderHeading(heading)}${renderParagraph(greeting)}${renderParagraph(opening)}
<table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;table-layout:fixed;margin:0 0 20px">
${facts.flatMap(([label, value]) => markup`${LABEL_TAG}${label}${VALUE_TAG}${value}</td></tr>\n`)}</table>
<p style="margin:0 0 8px">${renderButton(urls.link, link)}</p>
<p style="margin:0 0 20px">${PLAIN_LINK_TAG}${urls.link}">${urls.link.replace(/#.*/, '')}</a></p>
${closing.flatMap(renderParagraph)}`;
  const footer = markup`${renderSmall(reason)}${SMALL_TAG}<a class="link" style="color:#0f6b58" href="${urls.optOut}">${optOut}</a></p>`;
  return renderPage({ language, subject }, card, footer);
}

export function renderHeading(text: string): Markup {
  return markup`${HEADING_TAG}${text}</h1>\n`;
}

export function renderParagraph(text: string): Markup {
  return markup`${PARAGRAPH_TAG}${text}</p>\n`;
}

export function renderSmall(text: string): Markup {
  return markup`${SMALL_TAG}${text}</p>\n`;
}

export function renderButton(url: string, label: string): Markup {
  return markup`${BUTTON_TAG}${url}">${label}</a>`;
}

/** The frame of every mail. @param footer below the card */
export function renderPage(
  { language, subject }: Pick<EmailContent, 'language' | 'subject'>,
  card: Markup,
  footer: Markup,
): Markup {
  return markup`<!doctype html>
<html lang="${language}">
<head>
${BEFORE_TITLE}${subject}${AFTER_TITLE}${card}${BEFORE_FOOTER}${footer}
</td></tr></table>
</td></tr></table>
</body>
</html>
`;
}
