import { html } from 'hono/html';
import { readConfig } from '../../../../config/config.ts';
import type { ApiDocument, ProblemExample } from '../types.ts';
import { anchor, codeBlock, type Html, jsonMarkup, prose } from './markup.ts';

/** What goes for every call, told once. */
export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly content: Html;
}

const JSON_HEADER = '-H "Content-Type: application/json"';
const TOKEN_HEADER = '-H "Authorization: Bearer $LENDING_TOKEN"';

/** @param origin where the API is, for the lines to paste */
export function guide(document: ApiDocument, origin: string): Chapter[] {
  return [
    batch('start', 'First steps', firstSteps(origin)),
    batch('authentication', 'Authentication', authentication()),
    batch('values', 'Money, text and time', values()),
    batch('idempotency', 'Idempotency', idempotency()),
    batch('pagination', 'Pagination', pagination()),
    batch('feed', 'Events as they happen', feed()),
    batch('rates', 'Rates', rates()),
    batch('errors', 'Errors', errors(document)),
  ];
}

export function chapterSection({ id, title, content }: Chapter): Html {
  return html`<section class="chapter" aria-labelledby="${id}"><h2 id="${id}"><a href="#${id}">${title}</a></h2>
${content}</section>`;
}

function batch(name: string, title: string, content: Html): Chapter {
  return { id: anchor('about', name), title, content };
}

function about(name: string, text: string): Html {
  return html`<a href="#${anchor('about', name)}">${text}</a>`;
}

function firstSteps(origin: string): Html {
  const signIn = `export LENDING_URL=${origin}
export LENDING_TOKEN=$(curl -sS \\
  "$LENDING_URL/local/token" \\
  ${JSON_HEADER} \\
  -d '{"email": "borrower@example.com"}' \\
  | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')`;
  const keepIds = `export LOAN_ID=$(curl -sS \\
  "$LENDING_URL/loans?limit=1" \\
  ${TOKEN_HEADER} \\
  | sed 's/.*"loan_id":"\\([^"]*\\)".*/\\1/')
export LENDER_ID=$(curl -sS \\
  "$LENDING_URL/loans/$LOAN_ID/lenders?limit=1" \\
  ${TOKEN_HEADER} \\
  | sed 's/.*"lender_id":"\\([^"]*\\)".*/\\1/')`;
  return html`<div class="columns"><div class="told">
<p>${prose('`npm start` serves the API on your own machine. There every example of this page works as it stands, once your shell knows where the API is and who you are.')}</p>
<p>${prose('`LENDING_URL` is where you read this page. The token comes from the local issuer and lasts an hour.')}</p>
<p>Post a loan with <a href="#${anchor('call', 'createLoan')}">Create loan</a>. The second block keeps the ids of your newest loan and one of its lenders, for the calls that name them.</p>
</div><div class="shown">${codeBlock('Sign in', signIn)}${codeBlock('Keep the ids', keepIds)}</div></div>`;
}

function authentication(): Html {
  const request = `curl -sS "$LENDING_URL/local/token" \\
  ${JSON_HEADER} \\
  -d '{"email": "ana@example.com", "name": "Ana"}'`;
  const answer = { token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6…', user_id: 'kUU1Pd7wkioQxz6Dh7fdLg', expires_in: 3600 };
  return html`<div class="columns"><div class="told">
<p>${prose('Every call bears a JSON Web Token of an OpenID Connect issuer: `Authorization: Bearer TOKEN`. Its signature must be asymmetric. Its issuer, its audience and its times are checked.')}</p>
<p>${prose('The user is the issuer together with `sub`. Invitations go by the address in `email`, which must be verified: `email_verified`. From Amazon Cognito, send ID tokens.')}</p>
<h3>The local issuer</h3>
<p>${prose('A server without `AUTH_ISSUER` is its own issuer, for development. On the same machine, whoever asks gets a token for any address; elsewhere the call does not exist. The same address is the same user, also after a restart.')}</p>
<dl class="headers">
<dt><code>email</code></dt><dd>Whose token it is to be.</dd>
<dt><code>name</code></dt><dd>How others see them. May be left out.</dd>
<dt><code>email_verified</code></dt><dd>${prose('`false` to see what an unverified user sees. May be left out.')}</dd>
</dl>
</div><div class="shown">${codeBlock('Request', request)}${codeBlock('Answer 200', jsonMarkup(answer))}</div></div>`;
}

function values(): Html {
  return html`<p>${prose('Amounts are in major units of the loan’s currency. Send them as numbers (`49.99`) or, where a number could lose digits on its way, as strings (`"49.99"`). They are kept exactly, and answered as numbers. An amount with more decimals than its currency has is refused, never rounded.')}</p>
<p>${prose('JSON members are in snake_case, and members that are not named here are ignored. Times are RFC 3339 in UTC. E-mail addresses are trimmed and put in lower case; dots and `+tags` count.')}</p>
<p>${prose('Every answer bears an `X-Request-Id`: yours if you send one (1 to 128 letters, digits, dots, underscores and hyphens), else a new one. A W3C `traceparent` is carried on.')}</p>`;
}

function idempotency(): Html {
  const { idempotencyHours } = readConfig({});
  const replay = `HTTP/1.1 200 OK
Idempotency-Replayed: true
Idempotency-Original-Request-Id: 01a202a0-d026-…`;
  return html`<div class="columns"><div class="told">
<p>${prose('A request whose answer was lost can be sent again without being carried out twice. Put a fresh `Idempotency-Key`, such as a UUID, on every call that changes something, and repeat the call with the same key until you have an answer.')}</p>
<p>The repeat gets the first answer: status, body, byte for byte, and location. Repeats that arrive at the same time have one effect, and all get the same answer.</p>
<ul>
<li>A key is yours alone, and counts for one kind of call on one loan.</li>
<li>${prose('The same key with a different request is refused with `IDEMPOTENCY_KEY_REUSED`. The order of members and the spaces between them make no difference.')}</li>
<li>A request that was refused or failed does not use its key up: mend it, and send it with the same key.</li>
<li>A key is kept for ${idempotencyHours} hours, unless this installation is set otherwise.</li>
</ul>
</div><div class="shown">${codeBlock('Headers of a repeat', replay)}</div></div>`;
}

function pagination(): Html {
  const next = `curl -sS \\
  "$LENDING_URL/loans?limit=50&cursor=$NEXT_CURSOR" \\
  ${TOKEN_HEADER}`;
  return html`<div class="columns"><div class="told">
<p>${prose('Lists come in pages of `limit` entries. While there is more, an answer has a `next_cursor`: send it as `cursor` (for events, `after`) to go on behind it. At the end it is `null`.')}</p>
<p>${prose('Only `null` means the end: with a filter, a page may be short, or empty, while `next_cursor` still leads on.')}</p>
<p>A cursor is opaque and serves only the user, the call and the filters that it was given to; with others it is refused.</p>
</div><div class="shown">${codeBlock('The next page', next)}</div></div>`;
}

function feed(): Html {
  const subscribe = '{"type": "subscribe", "token": "$LENDING_TOKEN",\n "loan_id": "$LOAN_ID"}';
  return html`<div class="columns"><div class="told">
<p>${prose('A WebSocket at `/feed` tells what happens to a loan as it happens, in the events and with the cursors of the call that lists them. Send a `subscribe` message; `subscribed` answers it, and a message of type `event` follows for each event. With a cursor in `after` it begins behind that, so a lost connection loses nothing.')}</p>
<p>${prose('Messages, guarantees and close codes are in `docs/protocol.md`; `npx lending watch $LOAN_ID` is a client.')}</p>
</div><div class="shown">${codeBlock('To /feed', subscribe)}</div></div>`;
}

function rates(): Html {
  const { requestsPerSecond, invitesPerHour } = readConfig({});
  const headers = `RateLimit-Policy: "default";q=${2 * requestsPerSecond};w=2
RateLimit: "default";r=${2 * requestsPerSecond - 1};t=2`;
  return html`<div class="columns"><div class="told">
<p>${prose(`Unless this installation is set otherwise, each user may send ${requestsPerSecond} requests a second, with bursts of twice as many. \`RateLimit-Policy\` tells the quota (\`q\`) and the seconds of its window (\`w\`); \`RateLimit\` what is left (\`r\`) and the seconds until the next window (\`t\`). Without a valid token, the network address counts.`)}</p>
<p>A borrower may send ${invitesPerHour} invitations in an hour of the clock, in UTC. Revoking one gives none back.</p>
<p>${prose('What is over a rate is refused with `TOO_MANY_REQUESTS`; `Retry-After` and `retry_after` tell the seconds to wait.')}</p>
</div><div class="shown">${codeBlock('Headers of an answer', headers)}</div></div>`;
}

function errors({ components }: ApiDocument): Html {
  return html`<div class="columns"><div class="told">
<p>Whatever goes wrong, the body is the same <a href="#${anchor('object', 'Problem')}">Problem</a>, ${prose('as `application/problem+json` (RFC 9457). A client that accepts `application/json` only gets it under that type.')}</p>
<p>${prose('Tell errors apart by `error`, and by `code` in `details`; messages are for people and may change. All that is wrong with a request is reported together. Refused requests have changed nothing.')}</p>
<p>${prose('Where `retryable` is true, the same request may succeed later: wait `retry_after` seconds if it is there, and repeat it with its ')}${about('idempotency', 'idempotency key')}.</p>
</div><div class="shown">${codeBlock('A problem', jsonMarkup(components.examples.VALIDATION_ERROR.value))}</div></div>
<table class="errors codes"><tbody>${Object.entries(components.examples).map(errorRow)}</tbody></table>`;
}

function errorRow([code, { summary, value }]: [string, ProblemExample]): Html {
  return html`<tr id="${anchor('error', code)}"><th scope="row"><span class="status">${value.status}</span></th>
<td><code>${code}</code></td><td>${prose(summary)}${value.retryable && html` <span class="mark">Retryable.</span>`}</td></tr>`;
}
