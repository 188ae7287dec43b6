import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { SignInConfig } from '../../../config/config.ts';
import type { Html } from '../openapi/docs/markup.ts';
import { mailPageScript } from './script.ts';
import { mailPageStyle } from './style.ts';

interface Page {
  readonly html: string;
  /** Its Content-Security-Policy. */
  readonly policy: string;
}

export type MailPageKind = 'invitation' | 'opt out';

const TITLE: Readonly<Record<MailPageKind, string>> = {
  invitation: 'You are invited to lend',
  'opt out': 'No more invitations',
};

export interface MailPageOptions {
  readonly signIn: SignInConfig;
}

function contentOf(kind: MailPageKind, options: MailPageOptions): Html {
  const optOut = html`<form data-call="opt-out"><button type="submit">Never invite me again</button></form>`;
  if (kind === 'opt out')
    return html`<p>Press the button, and we send no more e-mail to the address at which you got this link: no invitations, no reminders, no news of a loan, no matter who sends it.</p>
<div id="choices" hidden>
${optOut}
</div>
<h2>To get e-mail again later</h2>
<p>Accept an invitation, or send this with the token of your account: <code>DELETE ${api}/mail/opt-out</code></p>`;
  return html`<p>Somebody you may know asks you to take part in a loan. The e-mail that brought you here says who, how much, and until when you can answer.</p>
<h2>To accept</h2>
${howToAccept(options)}
<h2>To refuse</h2>
<p>You need no account for this, and nobody learns more about you than that you declined. If it was a mistake, you can still accept, as above, until the invitation would have expired and as long as the amount is free.</p>
<div id="choices" hidden>
<form data-call="decline"><button type="submit">Decline</button></form>
<p class="or">If you want no invitations from anybody here:</p>
${optOut}
</div>`;
}

/** Filled in by the script: where the API is, and the loan's id. */
const api = html`<span data-fill="api">https://this-site</span>`;
const loan = html`<span data-fill="loan">LOAN</span>`;

const HOW_TO_GET_A_TOKEN = {
  local: html`This site runs for development and has no sign-in of its own: on its machine, in the folder of the program, <code>npx lending token ADDRESS</code> prints a token for the address that the invitation was sent to.`,
  email: html`Have a code sent to the address that the invitation was sent to, by <code>POST ${api}/auth/email</code>, and get a token for it, by <code>POST ${api}/auth/email/verify</code>.`,
};

/** There is no page to sign in yet, so this says how to accept through the API. */
function howToAccept({ signIn }: MailPageOptions): Html {
  const step =
    signIn.kind === 'oidc'
      ? html`Sign in at <code>${signIn.issuer}</code>, the sign-in of this site, with the address that the invitation was sent to, and take the ID token that you get there.`
      : HOW_TO_GET_A_TOKEN[signIn.kind];
  return html`<p>Only the owner of the address that the invitation was sent to can accept it, signed in. Nothing is agreed before that. This site has no page to sign in yet, so it takes two steps:</p>
<ol>
<li>${step}</li>
<li>Send it to the API: <code>curl -X POST ${api}/invitations/${loan}/accept -H 'Authorization: Bearer TOKEN'</code></li>
</ol>
<p>TOKEN is the token of the first step. The answer shows the loan with its terms. <code>GET ${api}/invitations</code>, with the same token, lists all your invitations, and <code>${api}/docs</code> describes the API.</p>`;
}

/**
 * The page that a link in a mail opens. It is the same for everyone and shows no personal data; the token of the link stays in
 * the browser until a button is pressed.
 */
export function mailPage(kind: MailPageKind, options: MailPageOptions): Page {
  const title = TITLE[kind];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Private Lending</title>
<link rel="icon" type="image/svg+xml" href="../favicon.svg">
<style>${raw(mailPageStyle)}</style>
</head>
<body>
<main>
<p class="site">Private Lending</p>
<h1>${title}</h1>
${contentOf(kind, options)}
<p id="incomplete" class="note" hidden>This address is incomplete, so it does nothing here. Open the whole link from the e-mail. It ends with a long row of letters and digits.</p>
<noscript><p class="note">To refuse here, allow this page to run its script. Or use “unsubscribe” in your mail program.</p></noscript>
<p id="result" class="note" role="status" tabindex="-1"></p>
<p class="small">No money moves through Private Lending. We never ask for a payment, a password or a card.</p>
</main>
<script>${raw(mailPageScript)}</script>
</body>
</html>
`;
  if (page instanceof Promise) throw new TypeError('the page must render synchronously');
  return { html: page.toString(), policy: policy() };
}

function policy(): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(mailPageScript)}`,
    `style-src ${hashOf(mailPageStyle)}`,
    "connect-src 'self'",
    "img-src 'self'",
    ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
