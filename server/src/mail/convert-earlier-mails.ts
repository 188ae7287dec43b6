import { toMailings } from '../domain/mail/mailing.ts';
import type { OutgoingMail } from '../domain/outgoing-mail.ts';
import { MAIL_KEPT_MS } from '../domain/records/retention.ts';
import { mailingWrite } from '../execution/commit-writes.ts';
import type { CoreServices } from '../execution/services.ts';
import { dueShards, earlierMailQueueShards } from '../storage/index-keys.ts';
import { mailIdOf, outgoingMailKey } from '../storage/keys.ts';
import type { Item, Store } from '../storage/store.ts';

const PAGE_SIZE = 50;

type ConvertServices = Pick<CoreServices, 'clock' | 'ids' | 'store'>;

/**
 * Earlier versions stored each mail by itself. Makes mailings of those that are to be sent, except for mails that a process of such a
 * version is sending.
 * @param onError gets the error of each mail that could not be converted
 */
export async function convertEarlierMails(
  services: ConvertServices,
  onError: (error: unknown) => void,
  canContinue: () => boolean,
): Promise<void> {
  await Promise.all(
    [...dueShards('mail'), ...earlierMailQueueShards()].map(async (partition) => {
      let after: string | undefined;
      while (canContinue()) {
        const range = { partition, order: 'ascending', limit: PAGE_SIZE } as const;
        const rows = await services.store.listIndex({ ...range, ...(after !== undefined && { after }) });
        const items = await services.store.batchGet(rows.map(({ key }) => outgoingMailKey(mailIdOf(key.partition))));
        for (const item of items) if (item) await convert(services, item).catch(onError);
        if (rows.length < PAGE_SIZE) return;
        after = rows.at(-1)?.position;
      }
    }),
  );
}

/** The mails that no earlier version has stored: those that one has are sent already, or will be converted. */
export async function withoutEarlierMails(
  store: Pick<Store, 'batchGet'>,
  mails: readonly OutgoingMail[],
): Promise<readonly OutgoingMail[]> {
  if (mails.length === 0) return mails;
  const earlier = await store.batchGet(mails.map(({ mailId }) => outgoingMailKey(mailId)));
  return mails.filter((_, index) => !earlier[index]);
}

/** A mail that another process converts at the same time is skipped. */
async function convert({ store, ids, clock }: ConvertServices, { data: mail, key, version }: Item<OutgoingMail>): Promise<void> {
  const now = clock();
  const { state } = mail;
  if (state.name === 'sent' || state.name === 'dropped' || state.name === 'failed') return; // the index is behind
  if (state.name === 'claimed' && state.until > now) return;
  const waiting = state.name === 'waiting' ? state : ({ name: 'waiting', from: now } as const);
  const done = { ...mail, state: { name: 'dropped', at: now, reason: 'obsolete' } } as const;
  await store.commit(ids.command(), [
    { key, expected: version, data: done, expiresAt: mail.createdAt + MAIL_KEPT_MS },
    ...toMailings([{ ...mail, state: waiting }]).map((mailing) => mailingWrite(mailing, 0)),
  ]);
}
