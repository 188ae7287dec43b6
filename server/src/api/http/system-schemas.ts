import * as z from 'zod';
import { LINKED_INVITATION_STATES } from '../../domain/invitation.ts';
import { success } from '../../schemas/responses.ts';

/* Health, and the links of mails. */

export const healthResponse = z.object({
  status: z.literal('ok').meta({ description: 'Always `ok`; an error has its HTTP status.' }),
});

export const readyResponse = healthResponse.extend({
  issuer: z.enum(['ok', 'unavailable', 'unknown']).optional().meta({
    description:
      'Whether the keys of the issuer could be fetched; `unknown` before a token has needed them. Known users stay signed in while it is unavailable.',
  }),
});

export const MAIL_TOKEN_EXAMPLE = 'AAGcsvAAAHAAgAAAAAAAAAEyMkNoYXJhY3RlcnNPZkFMZW5kZXIAAAABAGoZWRR90m7QQH0X6uHXDu4weH6Io20x';

export const mailLinkRequest = z.object({
  token: z
    .string({ error: 'must be the text after the # of a link in a mail' })
    .max(256, { error: 'is too long' })
    .meta({ description: 'The text after the `#` of a link in a mail.', examples: [MAIL_TOKEN_EXAMPLE] }),
});

export const mailLinkResponse = z.object({
  success,
  status: z.enum(['declined', 'opted_out', 'resumed']).meta({ description: 'What the call did.' }),
});

export const mailInvitationResponse = z.object({
  success,
  state: z.enum(LINKED_INVITATION_STATES).meta({
    description:
      '`open`: it can be declined by the link. `declined`: it was, and the invited user can undo that. `account`: a user has answered it, and only they see more. `ended`: it was revoked or has expired, or the loan has ended. `replaced`: there is a newer mail.',
  }),
});
