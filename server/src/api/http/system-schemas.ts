import * as z from 'zod';
import * as fields from '../../schemas/input-fields.ts';

/* What the calls that take no user's token are asked and answer. */

export const upAnswer = z.object({ status: z.literal('ok') });

export const localTokenRequest = z.object({
  email: fields.email,
  name: fields.name,
  email_verified: z
    .boolean({ error: 'must be true or false' })
    .optional()
    .meta({ description: '`false` to see what a user sees whose address is not verified.' }),
});

export const localTokenAnswer = z.object({
  token: z.string(),
  user_id: z.string(),
  expires_in: z.int().meta({ description: 'Seconds.' }),
});

export const mailRequest = z.object({
  token: z.string({ error: 'must be the text behind the # of a link in a mail' }).max(256, { error: 'is too long' }).meta({
    description: 'What stands behind the `#` of a link in a mail.',
  }),
});

export const mailAnswered = z.object({ success: z.literal(true), status: z.enum(['declined', 'opted_out']) });
