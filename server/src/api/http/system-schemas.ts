import * as z from 'zod';
import * as fields from '../../schemas/input-fields.ts';

/* Requests and responses of calls that take no user's token. */

export const healthResponse = z.object({
  status: z.literal('ok').meta({ description: 'Always `ok`; an error has its HTTP status.' }),
});

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
    .meta({ description: '`false` for a user whose address is not verified.', examples: [true] }),
});

export const localTokenResponse = z.object({
  token: z.string().meta({
    description: 'A JSON Web Token, to be sent as `Authorization: Bearer TOKEN`.',
    examples: ['eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9…'],
  }),
  user_id: z.string().meta({
    description: 'Id of the user; the same for the same address, also after a restart.',
    examples: ['kUU1Pd7wkioQxz6Dh7fdLg'],
  }),
  expires_in: z.int().meta({ description: 'Seconds until the token expires.', examples: [3600] }),
});

export const MAIL_TOKEN_EXAMPLE = 'AAGcsvAAAHAAgAAAAAAAAAEyMkNoYXJhY3RlcnNPZkFMZW5kZXIAAAABAGoZWRR90m7QQH0X6uHXDu4weH6Io20x';

export const mailLinkRequest = z.object({
  token: z
    .string({ error: 'must be the text after the # of a link in a mail' })
    .max(256, { error: 'is too long' })
    .meta({ description: 'The text after the `#` of a link in a mail.', examples: [MAIL_TOKEN_EXAMPLE] }),
});

export const mailLinkResponse = z.object({
  success: z.literal(true).meta({ description: 'Always true; an error has false.' }),
  status: z.enum(['declined', 'opted_out', 'resumed']).meta({ description: 'What the call did.' }),
});
