/* How the partitions and sorts of keys begin. `keys.ts` says what each is for. */

export const LENDER = 'lender#';
export const CLAIMED = 'claimed#';
/** Prefix of the sort of event batches, and of nothing else: the deployed stream filters by it. */
export const EVENT = 'event#';
export const OUTBOX = 'outbox#';
export const DEAD_LETTER = 'dead-letter#';
export const EXPIRY = 'expiry#';
export const REMINDERS = 'reminders#';
export const NOTICE = 'notice#';
export const HOLD = 'hold#';
export const CONTACT = 'contact#';
export const REQUEST = 'request#';
export const IMPORT = 'import#';
export const PART = 'part#';
export const MAIL = 'mail#';
export const MAIL_QUEUE = 'mail-queue#';
export const MAILING = 'mailing#';
export const MAILING_QUEUE = 'mailing-queue#';
export const MAILBOX = 'mailbox#';
export const MAILS = 'mails#';
export const MAIL_COUNT = 'mail-count#';
export const SESSIONS = 'sessions#';
export const CHALLENGE = 'challenge#';
export const SIGN_IN = 'sign-in#';
export const CONNECTION = 'connection#';
export const SUBSCRIPTIONS = 'subscriptions#';
export const PROBE = 'probe#';
export const METADATA = 'installation';
