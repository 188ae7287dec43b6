import { LANGUAGES } from '@private-lending/locale/languages';
import * as z from 'zod';
import { parseSingleLine } from '../../../domain/single-line-text.ts';
import * as fields from '../../../schemas/input-fields.ts';
import { success } from '../../../schemas/responses.ts';

/* Requests and responses of signing in and out. */

export const CHALLENGE_EXAMPLE = 'q1nXVbTnZ2m0rE5hO0m9yS4kF7cW3tL8aU6dJpBxGvI';

const userId = z.string().meta({ description: 'Id of the user.', examples: ['kUU1Pd7wkioQxz6Dh7fdLg'] });

export const meResponse = z.object({
  success,
  sign_in: z.enum(['email', 'oidc', 'local']).meta({
    description: 'How users sign in: by a code sent by e-mail, at an OpenID Connect issuer, or, for development, as anyone.',
  }),
  user: z
    .object({
      user_id: userId,
      email: z
        .string()
        .nullable()
        .meta({ description: 'The verified address; null without one.', examples: ['ana@example.com'] }),
      name: z
        .string()
        .nullable()
        .meta({ description: 'Display name; null without one.', examples: ['Ana'] }),
      is_operator: z
        .boolean()
        .meta({ description: 'Whether the user may see and decide the holds of all borrowers.', examples: [false] }),
      expires_at: z.string().meta({ description: 'When the session or token ends.', examples: ['2026-03-31T09:15:00.000Z'] }),
    })
    .nullable()
    .meta({ description: 'Null where nobody is signed in.' }),
  feed_url: z
    .string()
    .nullable()
    .meta({
      description: 'Of the feed, where it is on another host; null where events are read from this one.',
      examples: ['wss://id.execute-api.eu-central-1.amazonaws.com/feed'],
    }),
  issuer: z
    .string()
    .nullable()
    .meta({ description: 'OpenID Connect issuer; null for other kinds of sign-in.', examples: ['https://login.example.com'] }),
  client_id: z
    .string()
    .nullable()
    .meta({ description: 'With which programs sign in at the issuer; null where it is not set.', examples: ['lending'] }),
});

const NAME_RULE = `must be text of 1 to ${fields.NAME_LENGTH_MAX} characters on one line, without control characters`;

export const renameRequest = z.object({
  name: z
    .string({ error: NAME_RULE })
    .transform((text, context) => {
      const name = parseSingleLine(text, fields.NAME_LENGTH_MAX);
      if (typeof name === 'string' && name !== '') return name;
      context.addIssue({ code: 'custom', message: NAME_RULE });
      return z.NEVER;
    })
    .meta({ description: `The new display name: ${NAME_RULE.slice('must be '.length)}.`, examples: ['Ana'] }),
});

export const logoutRequest = z.object({
  everywhere: fields
    .optional(z.boolean({ error: 'must be true or false' }))
    .meta({ description: 'Whether all sessions of the user end, and not this one alone.', examples: [true] }),
});

export const logoutResponse = z.object({
  success,
  logout_url: z
    .string()
    .nullable()
    .meta({
      description: 'A page of the issuer that ends the session there too; null where there is none.',
      examples: ['https://login.example.com/session/end?client_id=lending'],
    }),
});

export const feedTicketRequest = z.object({
  loan_id: z
    .string({ error: 'must be the id of a loan' })
    .max(64, { error: 'must be the id of a loan' })
    .meta({ description: 'The loan to subscribe to.', examples: ['01a202a0-d02c-78e5-940b-844f91530ecc'] }),
});

export const feedTicketResponse = z.object({
  success,
  ticket: z.string().meta({
    description: 'For `token` of `subscribe`.',
    examples: ['eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..R2h3Mkg.dGlja2V0.bWFj'],
  }),
  expires_in: z.int().meta({ description: 'Seconds in which to subscribe.', examples: [60] }),
});

export const localTokenRequest = z.object({
  email: fields.email,
  name: fields.name,
  email_verified: fields
    .optional(z.boolean({ error: 'must be true or false' }))
    .meta({ description: '`false` for a user whose address is not verified.', examples: [true] }),
});

const localTokenResponse = z.object({
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

export const emailCodeRequest = z.object({
  email: fields.email,
  language: fields
    .optional(z.enum(LANGUAGES, { error: `must be ${LANGUAGES.join(' or ')}` }))
    .meta({ description: 'Of the mail. Left out, it is that of the server’s other mails.', examples: ['de'] }),
});

export const emailCodeResponse = z.object({
  success,
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
  success,
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
