import type { Context, Hono, HonoRequest } from 'hono';
import type * as z from 'zod';
import { type FieldError, invalid, throwIfInvalid } from '../../domain/errors.ts';
import type { Services } from '../../execution/services.ts';
import type { MailLinks } from '../../mail/action-links.ts';
import { resumeMail } from '../../usecases/contacts/end-opt-out.ts';
import { declineInvitationByMail, optOutOfMail, readInvitationOfMail } from '../../usecases/invitations/respond-by-email.ts';
import { credentialOf } from './auth/credential.ts';
import { type Env, requestMetadata } from './hono-env.ts';
import { badRequest, readBody, readJson } from './request-body.ts';
import { consumeAddressQuota, unknownParameters } from './route-handler.ts';
import { type mailInvitationResponse, mailLinkRequest, type mailLinkResponse } from './system-schemas.ts';

/** The media types of one-click unsubscription (RFC 8058). */
const FORM = /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/**
 * Routes for what the pages of mail links do: without an account, and to undo an opt-out, which needs one. The console has the pages.
 */
export function addMailRoutes(app: Hono<Env>, services: Services, links: Pick<MailLinks, 'open'>): void {
  const { authenticator, clock } = services;

  app.post('/mail/decline', async (context) => {
    await consumeAddressQuota(context, authenticator);
    const { token } = await readJson(context.req, mailLinkRequest, unknownParameters(context.req));
    const invitation = requireLink(await links.open(token, 'decline', clock()));
    await declineInvitationByMail(services, invitation, requestMetadata(context));
    return done(context, 'declined');
  });

  // Not a GET: the token would be in the address.
  app.post('/mail/invitation', async (context) => {
    await consumeAddressQuota(context, authenticator);
    const { token } = await readJson(context.req, mailLinkRequest, unknownParameters(context.req));
    const invitation = requireLink(await links.open(token, 'decline', clock()));
    const state = await readInvitationOfMail(services, invitation, requestMetadata(context));
    return context.json({ success: true, state } satisfies z.output<typeof mailInvitationResponse>);
  });

  app.post('/mail/opt-out', async (context) => {
    await consumeAddressQuota(context, authenticator);
    const isOneClick = FORM.test(context.req.header('Content-Type') ?? '');
    const violations = unknownParameters(context.req, ['token']);
    const token = isOneClick
      ? await tokenFromQuery(context.req, violations)
      : (await readJson(context.req, mailLinkRequest, violations)).token;
    const recipient = requireLink(await links.open(token, 'opt out', clock()));
    await optOutOfMail(services, recipient, requestMetadata(context));
    return done(context, 'opted_out');
  });

  app.delete('/mail/opt-out', async (context) => {
    const credential = credentialOf(context);
    await resumeMail(
      services,
      { ...requestMetadata(context), credential, address: context.var.clientAddress },
      unknownParameters(context.req),
    );
    return done(context, 'resumed');
  });
}

async function tokenFromQuery(request: HonoRequest, violations: readonly FieldError[]): Promise<string> {
  const bytes = await readBody(request);
  const form = await parseForm(bytes, request.header('Content-Type') ?? '');
  if (form?.get('List-Unsubscribe') !== 'One-Click')
    throw badRequest('Send {"token": "…"} as JSON, or List-Unsubscribe=One-Click as a form.');
  throwIfInvalid(violations);
  return request.query('token') ?? '';
}

async function parseForm(bytes: Uint8Array, type: string): Promise<FormData | undefined> {
  try {
    return await new Response(Buffer.from(bytes), { headers: { 'Content-Type': type } }).formData();
  } catch {
    return undefined;
  }
}

function requireLink<Ref>(ref: Ref | undefined): Ref {
  if (ref !== undefined) return ref;
  const message = 'This link is not valid, or not any more. Use the one in the newest e-mail.';
  throw invalid([{ path: 'token', code: 'INVALID', message }]);
}

function done(context: Context<Env>, status: z.output<typeof mailLinkResponse>['status']) {
  return context.json({ success: true, status } satisfies z.output<typeof mailLinkResponse>);
}
