import { contention } from '../domain/errors.ts';
import type { CommandId, MailId, UserId } from '../domain/ids.ts';
import { canonicalMailbox, earlierMailboxes, earlierOptOutMailboxes } from '../domain/mail/canonical-mailbox.ts';
import { type DailyNotice, lastNotice } from '../domain/mail/invitation-notice.ts';
import type { MailLimitName } from '../domain/mail/limits/daily-limits.ts';
import { isHeld, type Mailing, mailsIn, withMails } from '../domain/mail/mailing.ts';
import { moveOptOut, optedOutAt, type StoredOptOuts } from '../domain/mail/opt-out.ts';
import {
  claimOrDropMail,
  isAboutPendingInvitation,
  type MailClaim,
  type MailContext,
  type MailKind,
  type OutgoingMail,
} from '../domain/outgoing-mail.ts';
import { periodAt } from '../domain/usage-counter.ts';
import { holdWrite, mailingWrite } from '../execution/commit-writes.ts';
import type { CoreServices } from '../execution/services.ts';
import { Snapshot, View } from '../execution/view.ts';
import { waitWithFullJitter } from '../storage/full-jitter.ts';
import {
  dailyMailCountKey,
  dailyMailCountsOf,
  holdKey,
  invitationNoticeKey,
  lenderKey,
  loanKey,
  mailingKey,
  optOutKey,
} from '../storage/keys.ts';
import { type Item, KEYS_MAX, type Key, keyText, type Put, type Store } from '../storage/store.ts';
import { addressOf, contactKeys, languageOf } from '../usecases/contacts/user-address.ts';
import { ClaimCounts, countKeys, type MailLimiting } from './claim-counts.ts';

const DAY_MS = 86_400_000;
/** By which the clocks of two processes may differ. */
const CLOCKS_DIFFER_MS = 3_600_000;
/** Attempts: other processes may count mails to the same mailboxes at the same time. */
const ATTEMPTS_MAX = 10;
const PAUSE_MS_MAX = 40;
/** After this time an invitation has its hold, if it gets one: a reminder must not overtake that. */
const ASSESSED_MS = 300_000;

export interface ClaimServices extends Pick<CoreServices, 'clock' | 'ids' | 'random' | 'store'>, MailLimiting {
  /** Whether mail about invitations waits for the decision on their hold. */
  readonly enforcesHolds: boolean;
}

export interface StoredMailing {
  readonly mailing: Mailing;
  /** 0 where it is not stored yet. */
  readonly version: number;
}

/** A mail that was claimed, dropped, or held back. */
export interface DecidedMail {
  readonly outgoingMail: OutgoingMail;
  /** As it was before. */
  readonly before: OutgoingMail;
  /** What that was decided by, and what the mail is written from. */
  readonly context: MailContext;
  /** Why it is held back. */
  readonly heldBy?: MailLimitName | undefined;
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
  const { store, ids, random, clock, enforcesHolds } = services;
  const commands = new Set<CommandId>();
  /** Written with the claim. Undefined until there is one to be stored. */
  let counts: ClaimCounts | undefined;
  let stored = known ?? (await readMailing(store, mailingId));
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const now = clock();
    if (!stored || isHeld(stored.mailing, now)) return undefined;
    const { mailing, version } = stored;
    const context = await readContext(services, mailing, { now, isNew: version === 0, enforcesHolds });
    counts ??= new ClaimCounts(context.view, mailing, services, now);
    const { mails, decided, others } = decide(context, mailsIn(mailing), counts);
    if (decided.length === 0) return undefined;
    const claimed = withMails(mailing, mails);
    const command = ids.command();
    commands.add(command);
    const holds = undecidedHolds(decided, context.view);
    const counted = counts.reserve(claimed, holds.length > 0);
    const result = await store.commit(command, [mailingWrite(claimed, version), ...others, ...holds, ...counted]);
    if (result.committed) {
      counts.settle(true);
      return { mailing: claimed, version: version + 1, decided };
    }
    await waitWithFullJitter(random, PAUSE_MS_MAX);
    const [item] = await store.get([mailingKey(mailingId)]);
    const unstored = known?.version === 0 ? known : undefined;
    // Where only counts failed, the claim is stored: it keeps others away, while the mails are decided again as they were before it.
    const isClaimed = item !== undefined && commands.has(item.command);
    counts.settle(isClaimed);
    if (!isClaimed) counts = undefined;
    if (item) stored = { mailing: isClaimed ? mailing : item.data, version: item.version };
    else stored = unstored;
  }
  throw contention();
}

/**
 * The holds that mails wait for, as they are. Written again, so that a decision at the same moment is found: it makes due only what waits
 * by then.
 */
function undecidedHolds(decided: readonly DecidedMail[], view: View): Put[] {
  const holds = decided.flatMap(({ heldBy, context: { hold } }) => (heldBy === 'hold' && hold ? [hold] : []));
  return [...new Set(holds)].map((hold) => holdWrite(hold, view.versionAt(holdKey(hold.loanId, hold.invitedAt))));
}

async function readMailing(store: Pick<Store, 'get'>, mailingId: MailId): Promise<StoredMailing | undefined> {
  const [item] = await store.get([mailingKey(mailingId)]);
  return item && { mailing: item.data, version: item.version };
}

interface Moment {
  readonly now: number;
  /** Whether the mailing is not stored yet. */
  readonly isNew: boolean;
  readonly enforcesHolds: boolean;
}

/** What the mails are decided by, each item as of its own moment: the commit checks the counts, and nothing else has to agree. */
interface Context extends Moment {
  readonly view: View;
  /** Notices in the mailboxes' days before today. */
  readonly earlierNotices: readonly DailyNotice[];
}

async function readContext({ store, limits }: ClaimServices, mailing: Mailing, moment: Moment): Promise<Context> {
  const mails = mailsIn(mailing);
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
  const keysOfMails = (of: readonly OutgoingMail[]) => [
    ...of.flatMap((mail) => allKeysOf(mail, moment)),
    ...countKeys(mailing, of, limits, moment.now),
  ];
  const addressees = await read([...mails.flatMap(contactKeys), ...keysOfMails(mails)]);
  const moved = mails
    .map((mail) => ({ ...mail, to: addressOf(addressees, mail) }))
    .filter(({ to }, index) => to !== mails[index]?.to);
  const view = moved.length > 0 ? await read(keysOfMails(moved)) : addressees;
  return { ...moment, view, earlierNotices: await readEarlierNotices(store, view, mails, moment) };
}

/** Of the days since a pending invitation was made, without today. They are in the mailbox that was invited. */
async function readEarlierNotices(
  store: Pick<Store, 'list'>,
  view: View,
  mails: readonly OutgoingMail[],
  moment: Moment,
): Promise<DailyNotice[]> {
  const days = mails.map(async ({ kind, loanId, lenderId, round, userId, ...mail }) => {
    const lender = lenderId === null ? undefined : view.at(lenderKey(loanId, lenderId))?.data;
    if (!lender || lender.round !== round || !isAboutPendingInvitation(kind) || isFirst({ kind, userId }, moment)) return [];
    const since = lender.invitedAt - CLOCKS_DIFFER_MS;
    if (periodAt('day', since) >= periodAt('day', moment.now)) return [];
    const daysMax = Math.ceil((moment.now - since) / DAY_MS) + 1;
    return store.list(dailyMailCountsOf(canonicalMailbox(mail.to), periodAt('day', since - DAY_MS), daysMax));
  });
  return (await Promise.all(days)).flat().flatMap(({ data }) => data.notices ?? []);
}

/** Whether no other mail about the invitation can have been sent before, except today: its lender has not been invited earlier. */
function isFirst(
  { kind, userId }: { readonly kind: MailKind; readonly userId: UserId | null | undefined },
  { isNew }: Pick<Moment, 'isNew'>,
): boolean {
  return isNew && kind === 'invitation' && !userId;
}

function decide(context: Context, mails: readonly OutgoingMail[], counts: ClaimCounts) {
  const { view, now, earlierNotices } = context;
  /** Counts and notices that this claim writes. A later mail of the mailing may go to the same mailbox. */
  const others = new Map<string, Put>();
  const decided: DecidedMail[] = [];
  const current = <Data>(key: Key<Data>): Data | undefined => {
    const written = others.get(keyText(key));
    return written ? (written.data as Data) : view.at(key)?.data; // a key's type says what is stored under it
  };
  function put<Data>(key: Key<Data>, data: Data, expiresAt: number | undefined, isSeparate: boolean): void {
    const before = others.get(keyText(key));
    const isAlone = isSeparate && (!before || before.isSeparate);
    const optional = { ...(expiresAt !== undefined && { expiresAt }), ...(isAlone && { isSeparate }) };
    others.set(keyText(key), { key, expected: view.versionAt(key), data, ...optional });
  }

  const optOutsAt = ({ optOut, earlierOptOuts }: MailKeys): StoredOptOuts => ({
    ofMailbox: current(optOut),
    earlier: earlierOptOuts.map(current),
  });
  const addressed = mails.map((mail) => ({ ...mail, to: addressOf(view, mail) }));
  for (const keys of addressed.map((mail) => keysOf(mail, context))) {
    const moved = moveOptOut(optOutsAt(keys));
    if (moved) put(keys.optOut, moved, undefined, false);
  }

  function decideMail(mail: OutgoingMail, before: OutgoingMail): MailClaim | undefined {
    const keys = keysOf(mail, context);
    const lender = keys.lender && current(keys.lender);
    const day = keys.day && current(keys.day);
    const own = keys.notice && current(keys.notice);
    const notices = [...earlierNotices, ...(day?.notices ?? [])].filter(({ lenderId }) => lenderId === mail.lenderId);
    const loan = current(keys.loan);
    const hold = keys.hold && current(keys.hold);
    const mayBeUnassessed = keys.hold && !hold && mail.kind === 'reminder';
    const counted = loan && isAboutPendingInvitation(mail.kind) ? { ...mail, borrowerEmail: loan.borrowerEmail } : undefined;
    const mailContext: MailContext = {
      loan,
      lender,
      notice: lastNotice([...notices, ...(own ? [own] : [])], mail.round),
      day,
      earlierDays: keys.earlierDays.map(current),
      exceeded: counted && counts.exceededBy(counted),
      hold,
      notBefore: mayBeUnassessed ? (mail.invitedAt ?? 0) + ASSESSED_MS : undefined,
      isOptedOut: optedOutAt(optOutsAt(keys)) !== undefined,
      language: languageOf(view, mail),
      now,
    };
    const claim = claimOrDropMail(mail, mailContext);
    if (!claim) return undefined;
    if (claim.day && keys.day) put(keys.day, claim.day, Math.max(now + DAY_MS, claim.day.neededUntil ?? 0), !claim.notice);
    if (claim.isFirstToday && counted) counts.count(counted);
    if (claim.notice && keys.notice) put(keys.notice, claim.notice, lender?.expiresAt ?? now, false);
    decided.push({ outgoingMail: claim.outgoingMail, before, context: mailContext, heldBy: claim.heldBy });
    return claim;
  }

  const claimed = mails.map((before, index) => decideMail(addressed[index] ?? before, before)?.outgoingMail ?? before);
  return { mails: claimed, decided, others: [...others.values()] };
}

function allKeysOf(mail: OutgoingMail, moment: Moment): Key<unknown>[] {
  return Object.values(keysOf(mail, moment))
    .flat()
    .filter((key) => key !== undefined);
}

type MailKeys = ReturnType<typeof keysOf>;

/** The keys that decide whether a mail is sent to its recipient. */
function keysOf({ kind, loanId, lenderId, invitedAt, userId, to }: OutgoingMail, moment: Moment) {
  const mailbox = canonicalMailbox(to);
  const isLimited = isAboutPendingInvitation(kind);
  const mayHaveNotice = isLimited && !isFirst({ kind, userId }, moment);
  const today = periodAt('day', moment.now);
  return {
    loan: loanKey(loanId),
    lender: lenderId === null ? undefined : lenderKey(loanId, lenderId),
    hold: isLimited && moment.enforcesHolds && invitedAt !== undefined ? holdKey(loanId, invitedAt) : undefined,
    notice: lenderId === null || !mayHaveNotice ? undefined : invitationNoticeKey(loanId, lenderId),
    day: isLimited ? dailyMailCountKey(mailbox, today) : undefined,
    earlierDays: isLimited ? earlierMailboxes(to).map((earlier) => dailyMailCountKey(earlier, today)) : [],
    optOut: optOutKey(mailbox),
    earlierOptOuts: earlierOptOutMailboxes(to).map(optOutKey),
  };
}
