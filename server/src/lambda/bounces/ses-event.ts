import * as z from 'zod';
import { type LenderId, type LoanId, type MailId, parseLenderId, parseLoanId, parseMailId } from '../../domain/ids.ts';
import type { MailKind } from '../../domain/outgoing-mail.ts';
import type { MailReport } from '../../mail/record-mail-report.ts';

/*
 * Events of Amazon SES on the event bus. Amazon SES developer guide, "Monitoring SES events using Amazon EventBridge"; the members of
 * `detail` are those of "Contents of event data that Amazon SES publishes to Amazon SNS".
 */

const KINDS: readonly MailKind[] = ['invitation', 'changed', 'reminder', 'accepted', 'declined', 'funded'];

/** SES reports each tag of a mail as an array of values. */
const tags = z.object({
  mail: single(parseMailId),
  loan: single(parseLoanId),
  lender: single(parseLenderId).optional(),
  kind: single((text) => KINDS.find((kind) => kind === text)),
});

const mail = z.object({ tags });

const detail = z.discriminatedUnion('eventType', [
  z.object({ eventType: z.literal('Bounce'), mail, bounce: z.object({ bounceType: z.string() }) }),
  z.object({
    eventType: z.literal('Complaint'),
    mail,
    complaint: z.object({ complaintFeedbackType: z.string().nullish() }),
  }),
]);

const event = z.object({ source: z.literal('aws.ses'), detail });

/** What `parseSesEvent` finds. */
type ParsedSesEvent =
  | { readonly report: MailReport }
  /** The event needs no action. */
  | { readonly ignored: string }
  /** Members that are missing or malformed, without their values, which may have addresses. */
  | { readonly malformed: readonly string[] };

export function parseSesEvent(input: unknown): ParsedSesEvent {
  const parsed = event.safeParse(input);
  if (!parsed.success) return { malformed: [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))] };
  const { detail: found } = parsed.data;
  const { mail: mailId, loan: loanId, lender: lenderId = null, kind } = found.mail.tags;
  const about = { mailId, loanId, lenderId, kind };
  if (found.eventType === 'Bounce') {
    // Others are of a full mailbox, or of a mail server that was not reached for hours.
    const isForGood = found.bounce.bounceType === 'Permanent';
    return isForGood ? { report: { name: 'bounced', ...about } } : { ignored: 'the bounce is not permanent' };
  }
  const isSpam = found.complaint.complaintFeedbackType !== 'not-spam';
  return isSpam ? { report: { name: 'complained', ...about } } : { ignored: 'the recipient reported that it is not spam' };
}

function single<Value extends LenderId | LoanId | MailId | MailKind>(parse: (text: string) => Value | undefined) {
  return z.tuple([z.string()]).transform(([text], context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: 'is malformed' });
    return z.NEVER;
  });
}
