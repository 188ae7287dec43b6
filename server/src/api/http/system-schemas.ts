import * as z from 'zod';
import * as fields from '../../schemas/input-fields.ts';

/* Requests and responses of calls that take no user's token. */

export const healthResponse = z.object({ status: z.literal('ok') });

export const readyResponse = healthResponse.extend({
  issuer: z.enum(['ok', 'unavailable', 'unknown']).optional().meta({
    description:
      'Whether the keys of the issuer could be fetched; `unknown` before a token has needed them. Known users stay signed in while it is unavailable.',
  }),
});

export const localTokenRequest = z.object({
  email: fields.email,
  name: fields.name,
  email_verified: fields
    .optional(z.boolean({ error: 'must be true or false' }))
    .meta({ description: '`false` for a user whose address is not verified.' }),
});

export const localTokenResponse = z.object({
  token: z.string(),
  user_id: z.string(),
  expires_in: z.int().meta({ description: 'Seconds.' }),
});

export const mailLinkRequest = z.object({
  token: z
    .string({ error: 'must be the text after the # of a link in a mail' })
    .max(256, { error: 'is too long' })
    .meta({ description: 'The text after the `#` of a link in a mail.' }),
});

export const mailLinkResponse = z.object({ success: z.literal(true), status: z.enum(['declined', 'opted_out', 'resumed']) });
