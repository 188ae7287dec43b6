import * as z from 'zod';
import * as fields from '../../schemas/input-fields.ts';

/* Requests and responses of calls that take no user's token. */

export const CHALLENGE_EXAMPLE = 'q1nXVbTnZ2m0rE5hO0m9yS4kF7cW3tL8aU6dJpBxGvI';

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
  expires_in: z.int().meta({ description: 'Seconds until the token or the session expires.', examples: [3600] }),
});

/** Left out for the console, which gets the cookie of a session. */
const tokenOrCookie = localTokenResponse.shape.token.optional().meta({
  description: 'A JSON Web Token, to be sent as `Authorization: Bearer TOKEN`. Left out for the console, which gets a cookie.',
});

export const localSignInResponse = localTokenResponse.extend({
  success: z.literal(true).optional().meta({ description: 'True for the console.' }),
  token: tokenOrCookie,
});

const CODE_RULE = 'must be the 8 digits of the e-mail';

export const emailCodeRequest = z.object({ email: fields.email });

export const emailCodeResponse = z.object({
  success: z.literal(true).meta({ description: 'Always true; an error has false.' }),
  challenge: z.string().meta({ description: 'Belongs to the code: send both together.', examples: [CHALLENGE_EXAMPLE] }),
  expires_in: z.int().meta({ description: 'Seconds until the code expires.', examples: [600] }),
});

export const emailVerifyRequest = z.object({
  challenge: z
    .string({ error: 'must be the challenge of the code' })
    .max(256, { error: 'is too long' })
    .meta({ description: 'The one that came with the response to the request for the code.', examples: [CHALLENGE_EXAMPLE] }),
  code: z
    .string({ error: CODE_RULE })
    .max(32, { error: CODE_RULE })
    .meta({ description: 'The 8 digits of the e-mail; spaces and hyphens are ignored.', examples: ['12345678'] }),
  name: fields.name,
});

export const emailVerifyResponse = localTokenResponse.extend({
  token: tokenOrCookie,
  success: z.literal(true).meta({ description: 'Always true; an error has false.' }),
  expires_in: z.int().meta({ description: 'Seconds until the session ends, and the token with it.', examples: [2_592_000] }),
});

export const keySetResponse = z.object({
  keys: z
    .array(
      z.looseObject({
        kty: z.literal('EC').meta({ description: 'Type of the key.' }),
        crv: z.literal('P-256').meta({ description: 'Its curve.' }),
        x: z.string().meta({ description: 'A coordinate, base64url.', examples: ['f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU'] }),
        y: z.string().meta({ description: 'The other one.', examples: ['x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0'] }),
        alg: z.literal('ES256').meta({ description: 'The algorithm that it signs with.' }),
        use: z.literal('sig').meta({ description: 'What it is for.' }),
        kid: z
          .string()
          .meta({ description: 'The id that tokens name.', examples: ['wdcJ4YxrJySIeyKrMcu8GTfdBwpHAlWmRFsvEAlf24M'] }),
      }),
    )
    .meta({ description: 'JSON Web Keys (RFC 7517), oldest first.' }),
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
