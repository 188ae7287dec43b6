import { html } from 'hono/html';
import { readConfig, type SignInConfig } from '../../../../config/config.ts';
import type { ApiDocument } from '../document.ts';
import { anchor, codeBlock, type Html, jsonMarkup, prose } from './markup.ts';
import { needsOf, variableTable } from './variables.ts';

/** A section of the guide: what applies to every call. */
export interface GuideSection {
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

const JSON_HEADER = '-H "Content-Type: application/json"';
const TOKEN_HEADER = '-H "Authorization: Bearer $LENDING_TOKEN"';

/**
 * @param address of the API, for the commands to paste
 * @param signIn how users get their tokens
 */
export function guide(document: ApiDocument, address: string, signIn: SignInConfig): GuideSection[] {
  return [
    section('start', 'First steps', firstSteps(address, signIn)),
    section('authentication', 'Authentication', authentication(signIn)),
    section('values', 'Money, text and time', values()),
    section('idempotency', 'Idempotency', idempotency()),
    section('pagination', 'Pagination', pagination()),
    section('feed', 'Live events', feed()),
    section('rates', 'Rates', rates()),
    section('errors', 'Errors', errors(document)),
  ];
}

export function guideSection({ id, title, content }: GuideSection): Html {
  return html`<section class="guide" aria-labelledby="${id}"><h2 id="${id}"><a href="#${id}">${title}</a></h2>
${content}</section>`;
}

function section(name: string, title: string, content: Html): GuideSection {
  return { id: anchor('about', name), title, content };
}

function columns(text: Html, ...samples: readonly Html[]): Html {
  return html`<div class="columns"><div class="text">${text}</div><div class="samples">${samples}</div></div>`;
}

function paragraphs(...texts: readonly string[]): Html {
  return html`${texts.map((text) => html`<p>${prose(text)}</p>`)}`;
}

function firstSteps(address: string, signIn: SignInConfig): Html {
  const tokens = `export LENDING_URL='${address}'
${signIn.kind === 'local' ? `${localToken('LENDING_TOKEN', 'borrower')}\n${localToken('LENDER_TOKEN', 'ana')}` : ISSUED_TOKENS}`;
  const post = `LOAN=$(curl -sS "$LENDING_URL/loans" \\
  ${TOKEN_HEADER} \\
  ${JSON_HEADER} \\
  -d '{"amount": 20000, "interest_rate": 4.5,
       "term_months": 36, "lenders": [
         {"email": "ana@example.com",
          "contribution_amount": 5000}]}')
export LOAN_ID=$(printf '%s\\n' "$LOAN" \\
  | sed -n 's/.*"loan":{"loan_id":"\\([^"]*\\)".*/\\1/p')
export LENDER_ID=$(printf '%s\\n' "$LOAN" \\
  | sed -n 's/.*"lender_id":"\\([^"]*\\)".*/\\1/p')
printf '%s\\n' "$LOAN"`;
  const text = html`${paragraphs(
    'Paste the two blocks into a shell, `sh` or `bash`. After that every command of this page works there as it is, but for the values below that only you have: put them into the variable of the same name.',
    howToGetTokens(signIn),
    'The second block posts a loan that invites Ana, keeps the ids, and shows the response. Once you have closed or cancelled that loan, paste it again for another.',
  )}
<h3>What to fill in</h3>
${variableTable()}`;
  return columns(text, codeBlock('Sign in', tokens), codeBlock('Post a loan', post));
}

function howToGetTokens(signIn: SignInConfig): string {
  const blocks =
    'into the first block: the borrower’s, and that of a lender, with another address. In the second block, invite the lender’s address.';
  switch (signIn.kind) {
    case 'local':
      return '`npm start` serves the API on your own machine, where the local issuer gives anyone a token for any address; it is valid for an hour. The first block gets one for the borrower and one for Ana, a lender.';
    case 'email':
      return `Get tokens by a code that is sent to your address, as described under Authentication, and put them ${blocks}`;
    case 'oidc':
      return `Sign in at \`${signIn.issuer}\` and put the ID tokens you get there ${blocks}`;
  }
}

const ISSUED_TOKENS = `export LENDING_TOKEN="token of the borrower"
export LENDER_TOKEN="token of a lender"`;

/** Keeps a token of the local issuer in a variable. */
function localToken(variable: string, name: string): string {
  return `export ${variable}=$(curl -sS \\
  "$LENDING_URL/local/token" \\
  ${JSON_HEADER} \\
  -d '{"email": "${name}@example.com"}' \\
  | sed -n 's/.*"token":"\\([^"]*\\)".*/\\1/p')`;
}

function authentication(signIn: SignInConfig): Html {
  const text = html`${paragraphs(
    'Every call needs a JSON Web Token: `Authorization: Bearer TOKEN`. Its signature must be asymmetric; its issuer, audience and times are checked.',
    'The issuer and `sub` together identify the user. Invitations are matched by the address in `email`, which must be verified: `email_verified`. From Amazon Cognito, send ID tokens.',
  )}`;
  switch (signIn.kind) {
    case 'local':
      return localIssuer(text);
    case 'email':
      return emailSignIn(text);
    case 'oidc':
      return text;
  }
}

function localIssuer(text: Html): Html {
  const request = `curl -sS "$LENDING_URL/local/token" \\
  ${JSON_HEADER} \\
  -d '{"email": "ana@example.com", "name": "Ana"}'`;
  const response = { token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6…', user_id: 'kUU1Pd7wkioQxz6Dh7fdLg', expires_in: 3600 };
  const local = html`${text}
<h3>The local issuer</h3>
${paragraphs(
  'A server without `AUTH_ISSUER`, and without `SMTP_URL` and `PUBLIC_URL`, issues its own tokens, for development. Anyone on the same machine can get a token for any address; from elsewhere the call is not found. The same address is the same user, also after a restart.',
)}
<dl class="headers">
<dt><code>email</code></dt><dd>The user’s address.</dd>
<dt><code>name</code></dt><dd>The name that others see. Optional.</dd>
<dt><code>email_verified</code></dt><dd>${prose('`false` for a user whose address is not verified. Optional.')}</dd>
</dl>`;
  return columns(local, codeBlock('Request', request), needsOf(request), codeBlock('Response 200', jsonMarkup(response)));
}

function emailSignIn(text: Html): Html {
  const ask = `curl -sS "$LENDING_URL/auth/email" \\
  ${JSON_HEADER} \\
  -d '{"email": "ana@example.com"}'`;
  const verify = `curl -sS "$LENDING_URL/auth/email/verify" \\
  ${JSON_HEADER} \\
  -d '{"challenge": "CHALLENGE", "code": "12345678",
       "name": "Ana"}'`;
  const byEmail = html`${text}
<h3>Sign-in by e-mail</h3>
${paragraphs(
  'Request a code: it is sent to the address, and the response has the challenge that belongs to it, the same for every address. Both together give a token, within 10 minutes, at most 5 tries, once.',
  'The token is valid for 30 days, or until you sign out. `name` is what others see; left out, it is the one you gave last. The public keys are at `/auth/jwks.json`.',
)}`;
  return columns(byEmail, codeBlock('Request a code', ask), codeBlock('Get a token', verify));
}

function values(): Html {
  return paragraphs(
    'Amounts are in major units of the loan’s currency. Send them as numbers (`49.99`) or, where a number could lose digits in transit, as strings (`"49.99"`). They are stored exactly, and returned as numbers. An amount with more decimals than its currency has is rejected, never rounded.',
    'JSON members are in snake_case; members that are not listed here are ignored. Times are RFC 3339 in UTC. E-mail addresses are trimmed and converted to lower case, their domains to ASCII; invisible characters are rejected; dots and `+tags` are significant.',
    'Every response has an `X-Request-Id`: yours if you send one (1 to 128 letters, digits, dots, underscores and hyphens), else a new one. A W3C `traceparent` is propagated.',
  );
}

function idempotency(): Html {
  const { idempotencyHours } = readConfig({});
  const replay = `HTTP/1.1 200 OK
Idempotency-Replayed: true
Idempotency-Original-Request-Id: 01a202a0-d026-…`;
  const text = html`${paragraphs(
    'You can repeat a request whose response was lost, without a second effect. Send a fresh `Idempotency-Key`, such as a UUID, with every call that changes something, and repeat the call with the same key until you get a response.',
    'The repeat gets the first response: status, body, byte for byte, and location. Concurrent repeats have one effect, and all get the same response.',
  )}
<ul>
<li>A key belongs to one user, one kind of call and one loan.</li>
<li>${prose('The same key with a different request is rejected with `IDEMPOTENCY_KEY_REUSED`. The order of members and white space between them make no difference.')}</li>
<li>A rejected or failed request does not use up its key: fix the request, and send it with the same key.</li>
<li>A key is kept for ${idempotencyHours} hours, unless this server is configured otherwise.</li>
</ul>`;
  return columns(text, codeBlock('Headers of a repeat', replay));
}

function pagination(): Html {
  const next = `curl -sS \\
  "$LENDING_URL/loans?limit=50&cursor=$NEXT_CURSOR" \\
  ${TOKEN_HEADER}`;
  const text = paragraphs(
    'Lists come in pages of `limit` entries. While there are more, a response has a `next_cursor`: send it as `cursor` (for events, `after`) to get the next page. At the end it is `null`.',
    'Only `null` means the end: with a filter, a page may be short or empty although `next_cursor` is set.',
    'For events `next_cursor` is never `null`: at the end, a page has no events and the `after` that was sent. Send it again for later events.',
    'A cursor is opaque and valid only for the user, the call and the filters that it was made for; with others it is rejected.',
  );
  return columns(text, codeBlock('The next page', next), needsOf(next));
}

function feed(): Html {
  const subscribe = '{"type": "subscribe", "token": "$LENDING_TOKEN",\n "loan_id": "$LOAN_ID"}';
  const text = paragraphs(
    'A WebSocket at `/feed` sends the events of a loan as they happen, in the format and with the cursors of the call that lists them. Send a `subscribe` message; the server confirms it with `subscribed`, then sends a message of type `event` for each event. With a cursor in `after` it starts after that event, so a lost connection loses nothing.',
    'Messages, guarantees and close codes are in `docs/protocol.md`; in the folder of the program, `npx lending watch $LOAN_ID` is a client.',
  );
  return columns(text, codeBlock('To /feed', subscribe));
}

function rates(): Html {
  const { requestsPerSecond, invitesPerHour, loansPerDay } = readConfig({});
  const headers = `RateLimit-Policy: "default";q=${2 * requestsPerSecond};w=2
RateLimit: "default";r=${2 * requestsPerSecond - 1};t=2`;
  const text = paragraphs(
    `Unless this server is configured otherwise, each user may send ${requestsPerSecond} requests a second, with bursts of twice as many. \`RateLimit-Policy\` has the quota (\`q\`) and the seconds of its window (\`w\`); \`RateLimit\` has the requests left (\`r\`) and the seconds until the next window (\`t\`). Without a valid token, the limit applies to the network address.`,
    `A borrower may send ${invitesPerHour} invitations in a clock hour, in UTC. Revoking an invitation does not give it back. They may post ${loansPerDay} loans in a day, in UTC.`,
    'Requests over a limit are rejected with `TOO_MANY_REQUESTS`; `Retry-After` and `retry_after` have the seconds to wait.',
  );
  return columns(text, codeBlock('Headers of a response', headers));
}

function errors({ components: { examples } }: ApiDocument): Html {
  const text = html`<p>All errors have the same body, a <a href="#${anchor('object', 'Problem')}">Problem</a>, ${prose('as `application/problem+json` (RFC 9457). A client that accepts `application/json` only gets it under that type.')}</p>
${paragraphs(
  'Distinguish errors by `error`, and by `code` in `details`; messages are for people and may change. All violations of a request are reported together. A rejected request has changed nothing.',
)}
<p>${prose('Where `retryable` is true, the same request may succeed later: wait `retry_after` seconds if present, and repeat it with its ')}<a href="#${anchor('about', 'idempotency')}">idempotency key</a>.</p>`;
  return html`${columns(text, codeBlock('A problem', jsonMarkup(examples.VALIDATION_ERROR.value)))}
<table class="errors codes"><tbody>${Object.entries(examples).map(
    ([
      code,
      { summary, value },
    ]) => html`<tr id="${anchor('error', code)}"><th scope="row"><span class="status">${value.status}</span></th>
<td><code>${code}</code></td><td>${prose(summary)}${value.retryable && html` <span class="mark">Retryable.</span>`}</td></tr>`,
  )}</tbody></table>`;
}
