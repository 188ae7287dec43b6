import type { Context, Hono, HonoRequest } from 'hono';
import type * as z from 'zod';
import { invalid } from '../../domain/errors.ts';
import type { Authenticator } from '../../execution/authenticate.ts';
import { validateInput } from '../../execution/validate-input.ts';
import type { MailLinks } from '../../mail/action-links.ts';
import type { MailActions, MailCall } from '../../mail/mail-actions.ts';
import type { Env } from './hono-env.ts';
import { parseJsonObject, readBody, requireJson } from './request-body.ts';
import { consumeAddressQuota } from './route-handler.ts';
import { mailLinkRequest, type mailLinkResponse } from './system-schemas.ts';

export interface MailService {
  readonly links: Pick<MailLinks, 'open'>;
  readonly answers: MailActions;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** What is below: where links in mail lead, and what their pages send. */
export const mailRoutes = [
  { method: 'GET', path: '/invite/{loan_id}' },
  { method: 'GET', path: '/mail/opt-out' },
  { method: 'POST', path: '/mail/opt-out' },
  { method: 'POST', path: '/mail/decline' },
] as const;

/** One click in a mail program, as RFC 8058 has it. */
const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/** What whoever holds a link of a mail can do without an account. A GET changes nothing. */
export function addMailRoutes(app: Hono<Env>, mail: MailService, consume: Authenticator['consume']): void {
  const { links, answers, clock } = mail;

  // Loaded when one is first asked for, so that no other request waits for it.
  const showPage = async (context: Context<Env>, kind: 'invitation' | 'opt out') => {
    await consumeAddressQuota(context, { consume });
    const { mailPage } = await import('./mail-page/page.ts');
    const { html, policy } = mailPage(kind);
    context.header('Content-Security-Policy', policy);
    return context.html(html);
  };

  app.get('/invite/:loan_id', (context) => showPage(context, 'invitation'));
  app.get('/mail/opt-out', (context) => showPage(context, 'opt out'));

  app.post('/mail/decline', async (context) => {
    await consumeAddressQuota(context, { consume });
    const ref = links.open(await tokenInJson(context.req), 'decline', clock());
    if (!ref) throw unfit();
    await answers.decline(ref, callOf(context));
    return done(context, 'declined');
  });

  app.post('/mail/opt-out', async (context) => {
    await consumeAddressQuota(context, { consume });
    const isOneClick = FORM.test(context.req.header('Content-Type') ?? '');
    const token = isOneClick ? await tokenInQuery(context.req) : await tokenInJson(context.req);
    const ref = links.open(token, 'opt out', clock());
    if (!ref) throw unfit();
    await answers.optOut(ref, callOf(context));
    return done(context, 'opted_out');
  });
}

async function tokenInJson(request: HonoRequest): Promise<string> {
  const bytes = await readBody(request);
  requireJson(request);
  return validateInput(mailLinkRequest, parseJsonObject(bytes), { before: [], among: [] }).token;
}

async function tokenInQuery(request: HonoRequest): Promise<string> {
  const bytes = await readBody(request);
  const form = await formOf(bytes, request.header('Content-Type') ?? '');
  if (form?.get('List-Unsubscribe') !== 'One-Click')
    throw unfit('Send {"token": "…"} as JSON, or List-Unsubscribe=One-Click as a form.', '');
  return request.query('token') ?? '';
}

async function formOf(bytes: Uint8Array, type: string): Promise<FormData | undefined> {
  try {
    return await new Response(Buffer.from(bytes), { headers: { 'Content-Type': type } }).formData();
  } catch {
    return undefined;
  }
}

function unfit(message = 'This link is not valid, or not any more. Use the one in the newest e-mail.', path = 'token') {
  return invalid([{ path, code: 'INVALID', message }]);
}

function callOf({ var: { requestId, traceparent } }: Context<Env>): MailCall {
  return { requestId, traceparent };
}

function done(context: Context<Env>, status: z.output<typeof mailLinkResponse>['status']) {
  return context.json({ success: true, status } satisfies z.output<typeof mailLinkResponse>);
}
