import { contention } from '../domain/errors.ts';
import type { MailId } from '../domain/ids.ts';
import { canonicalMailbox } from '../domain/mail/canonical-mailbox.ts';
import { isHeld, type Mailing, mailsIn, withMails } from '../domain/mail/mailing.ts';
import { isOptedOut } from '../domain/mail/opt-out.ts';
import {
  claimOrDropMail,
  isAboutPendingInvitation,
  type MailClaim,
  type MailContext,
  type OutgoingMail,
} from '../domain/outgoing-mail.ts';
import { periodAt } from '../domain/usage-counter.ts';
import { mailingWrite } from '../execution/commit-writes.ts';
import type { CoreServices } from '../execution/services.ts';
import { Snapshot, View } from '../execution/view.ts';
import { waitWithFullJitter } from '../storage/full-jitter.ts';
import { dailyMailCountKey, invitationNoticeKey, lenderKey, loanKey, mailingKey, optOutKey } from '../storage/keys.ts';
import { type Item, KEYS_MAX, type Key, keyText, type Put, type Store } from '../storage/store.ts';
import { addressOf, contactKeys, languageOf } from '../usecases/contacts/user-address.ts';

const DAY_MS = 86_400_000;
/** Attempts: other processes may count mails to the same mailboxes at the same time. */
const ATTEMPTS_MAX = 10;
const PAUSE_MS_MAX = 40;

type ClaimServices = Pick<CoreServices, 'clock' | 'ids' | 'random' | 'store'>;

export interface StoredMailing {
  readonly mailing: Mailing;
  /** 0 where it is not stored yet. */
  readonly version: number;
}

/** A mail that was claimed, dropped, or held back until the next day. */
export interface DecidedMail {
  readonly outgoingMail: OutgoingMail;
  /** As it was before. */
  readonly before: OutgoingMail;
  /** What that was decided by, and what the mail is written from. */
  readonly context: MailContext;
}

export interface ClaimedMailing extends StoredMailing {
  readonly decided: readonly DecidedMail[];
}

/**
 * Claims all mails of a mailing that are due, so that no other process sends them, or drops them or holds them back.
 * @param known of a mailing that this process has written, or is about to write: it is not read then
 * @returns undefined if none is due, or another process is working on it
 */
export async function claimMailing(
  services: ClaimServices,
  mailingId: MailId,
  known?: StoredMailing,
): Promise<ClaimedMailing | undefined> {
  const { store, ids, random, clock } = services;
  let stored = known ?? (await readMailing(store, mailingId));
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const now = clock();
    if (!stored || isHeld(stored.mailing, now)) return undefined;
    const { mailing, version } = stored;
    const view = await readContext(store, mailsIn(mailing), now);
    const { mails, decided, others } = decide(view, mailsIn(mailing), now);
    if (decided.length === 0) return undefined;
    const claimed = withMails(mailing, mails);
    const result = await store.commit(ids.command(), [mailingWrite(claimed, version), ...others]);
    if (result.committed) return { mailing: claimed, version: version + 1, decided };
    await waitWithFullJitter(random, PAUSE_MS_MAX);
    stored = (await readMailing(store, mailingId)) ?? (known?.version === 0 ? known : undefined);
  }
  throw contention();
}

async function readMailing(store: Pick<Store, 'get'>, mailingId: MailId): Promise<StoredMailing | undefined> {
  const [item] = await store.get([mailingKey(mailingId)]);
  return item && { mailing: item.data, version: item.version };
}

/** What the mails are decided by, each item as of its own moment: the commit checks the counts, and nothing else has to agree. */
async function readContext(store: Pick<Store, 'batchGet'>, mails: readonly OutgoingMail[], now: number): Promise<View> {
  const items = new Map<string, Item<unknown> | undefined>();
  const keys = new Map<string, Key<unknown>>();
  async function read(wanted: readonly Key<unknown>[]): Promise<View> {
    const missing = new Map(wanted.filter((key) => !keys.has(keyText(key))).map((key) => [keyText(key), key]));
    const pages = Array.from({ length: Math.ceil(missing.size / KEYS_MAX) }, (_, page) =>
      [...missing.values()].slice(page * KEYS_MAX, (page + 1) * KEYS_MAX),
    );
    const read = (await Promise.all(pages.map((page) => store.batchGet(page)))).flat();
    for (const [index, [text, key]] of [...missing].entries()) {
      keys.set(text, key);
      items.set(text, read[index]);
    }
    return new View(Snapshot.read([...keys.values()], [...items.values()]));
  }
  const view = await read(mails.flatMap((mail) => [...contactKeys(mail), ...allKeysOf(mail, now)]));
  const moved = mails.map((mail) => ({ ...mail, to: addressOf(view, mail) })).filter(({ to }, index) => to !== mails[index]?.to);
  return moved.length > 0 ? read(moved.flatMap((mail) => allKeysOf(mail, now))) : view;
}

function decide(view: View, mails: readonly OutgoingMail[], now: number) {
  /** Counts and notices that this claim writes. A later mail of the mailing may go to the same mailbox. */
  const others = new Map<string, Put>();
  const decided: DecidedMail[] = [];
  const current = <Data>(key: Key<Data>): Data | undefined => {
    const written = others.get(keyText(key));
    return written ? (written.data as Data) : view.at(key)?.data; // a key's type says what is stored under it
  };
  const put = <Data>(key: Key<Data>, data: Data, expiresAt: number) =>
    void others.set(keyText(key), { key, expected: view.versionAt(key), data, expiresAt });

  function decideMail(mail: OutgoingMail): MailClaim | undefined {
    const addressed = { ...mail, to: addressOf(view, mail) };
    const keys = keysOf(addressed, now);
    const context: MailContext = {
      loan: current(keys.loan),
      lender: keys.lender && current(keys.lender),
      notice: keys.notice && current(keys.notice),
      day: keys.day && current(keys.day),
      isOptedOut: isOptedOut(current(keys.optOut), keys.optOutOfAddress && current(keys.optOutOfAddress)),
      language: languageOf(view, mail),
      now,
    };
    const claim = claimOrDropMail(addressed, context);
    if (!claim) return undefined;
    if (claim.day && keys.day) put(keys.day, claim.day, now + DAY_MS);
    if (claim.notice && keys.notice) put(keys.notice, claim.notice, context.lender?.expiresAt ?? now);
    decided.push({ outgoingMail: claim.outgoingMail, before: mail, context });
    return claim;
  }

  return { mails: mails.map((mail) => decideMail(mail)?.outgoingMail ?? mail), decided, others: [...others.values()] };
}

function allKeysOf(mail: OutgoingMail, now: number): Key<unknown>[] {
  return Object.values(keysOf(mail, now)).filter((key) => key !== undefined);
}

/** The keys that decide whether a mail is sent to its recipient. */
function keysOf({ kind, loanId, lenderId, to }: OutgoingMail, now: number) {
  const mailbox = canonicalMailbox(to);
  const isLimited = isAboutPendingInvitation(kind);
  return {
    loan: loanKey(loanId),
    lender: lenderId === null ? undefined : lenderKey(loanId, lenderId),
    notice: lenderId === null || !isLimited ? undefined : invitationNoticeKey(loanId, lenderId),
    day: isLimited ? dailyMailCountKey(mailbox, periodAt('day', now)) : undefined,
    optOut: optOutKey(mailbox),
    optOutOfAddress: mailbox === String(to) ? undefined : optOutKey(to),
  };
}
