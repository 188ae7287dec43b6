import {
  CHALLENGE,
  CLAIMED,
  CONNECTION,
  CONTACT,
  DEAD_LETTER,
  EVENT,
  EXPIRY,
  HOLD,
  IMPORT,
  LENDER,
  MAIL,
  MAIL_COUNT,
  MAIL_QUEUE,
  MAILBOX,
  MAILING,
  METADATA,
  NOTICE,
  OUTBOX,
  PROBE,
  REMINDERS,
  REQUEST,
  SESSIONS,
  SIGN_IN,
  SUBSCRIPTIONS,
} from './key-prefixes.ts';
import type { Key } from './store.ts';

/** Kinds in a loan's partition, by the prefix of the sort. */
const LOAN_KINDS = {
  lender: LENDER,
  claimed: CLAIMED,
  eventBatch: EVENT,
  outbox: OUTBOX,
  deadLetter: DEAD_LETTER,
  expiry: EXPIRY,
  reminders: REMINDERS,
  notice: NOTICE,
  hold: HOLD,
} as const;

/** Kinds outside loans, by the prefix of the partition. */
const OTHER_KINDS = {
  counter: 'user#',
  import: IMPORT,
  mailing: MAILING,
  outgoingMail: MAIL,
  mailQueueEnd: MAIL_QUEUE,
  mailbox: MAILBOX,
  mailCount: MAIL_COUNT,
  contact: CONTACT,
  session: SESSIONS,
  challenge: CHALLENGE,
  signInCounter: SIGN_IN,
  record: REQUEST,
  connection: CONNECTION,
  subscription: SUBSCRIPTIONS,
  probe: PROBE,
} as const;

export type ItemKind = 'loan' | keyof typeof LOAN_KINDS | keyof typeof OTHER_KINDS | 'installation' | 'other';

export function kindOf({ partition, sort }: Key): ItemKind {
  if (partition === METADATA) return 'installation';
  if (!partition.startsWith('loan#')) return kindAmong(OTHER_KINDS, partition) ?? 'other';
  return sort === 'loan' ? 'loan' : (kindAmong(LOAN_KINDS, sort) ?? 'other');
}

function kindAmong<Kind extends string>(kinds: Readonly<Record<Kind, string>>, text: string): Kind | undefined {
  for (const kind in kinds) if (text.startsWith(kinds[kind])) return kind;
  return undefined;
}
