import type { Config } from '../config.ts';
import type { LoanId } from '../domain/ids.ts';
import type { Ground } from '../groundwork.ts';
import { openPost } from '../mail/open-post.ts';
import type { Post } from '../mail/post.ts';
import { Courier, type Reactor } from '../reactors/courier.ts';
import { Lane } from '../reactors/lane.ts';
import { mailReactor } from '../reactors/mail.ts';
import { Mailer } from '../reactors/mailer.ts';
import { tellFailures, tellMails } from '../telemetry/background.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { expireDue, type Swept } from '../usecases/expire-due.ts';
import { startRounds } from './rounds.ts';

/** An expired amount is free a minute after its time at the latest. */
const EXPIRY_EVERY_MS = 20_000;
const DELIVERY_EVERY_MS = 5000;
/** Changed loans that wait for delivery; others are found by the round. */
const LOANS_WAITING_MAX = 10_000;
const MAIL_EVERY_MS = 1000;
/** Of each of the eight places where mails wait: some eighty a second, so that a burst of them does not slow down who waits for an answer. */
const MAILS_A_ROUND = 10;

/** What follows from changes, and from time passing. */
export interface Background {
  readonly courier: Courier;
  /** Undefined where no mail is sent. */
  readonly mailer: Mailer | undefined;
  /** @param ending begins nothing further once it is aborted */
  expireDue(ending?: AbortSignal): Promise<Swept>;
  /** Once what is under way has come to its end. */
  close(): Promise<void>;
}

export interface BackgroundOptions {
  readonly ground: Pick<Ground, 'services' | 'mailLinksAt'>;
  readonly mail: Config['mail'];
  /** Where links lead if no setting says so. */
  readonly url: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Besides whoever writes mails, and before them. */
  readonly reactors?: readonly Reactor[];
  /** Told of what keeps something from being done, which is in the log by then; it is done again. */
  readonly onFault?: (fault: unknown) => void;
}

export async function openBackground(options: BackgroundOptions): Promise<Background> {
  const { ground, mail, url, log, metrics, reactors = [] } = options;
  const { services, mailLinksAt } = ground;
  const { store, ids, clock } = services;
  const onFault = (err: unknown) => {
    log.error({ err }, 'a background task failed; it is done again');
    options.onFault?.(err);
  };
  const post = await openPost(mail.transport);
  const mailer =
    post &&
    new Mailer({
      services,
      post,
      from: mail.from,
      links: mailLinksAt(mail.publicUrl ?? url),
      onEnd: tellMails(log, metrics),
      onFault,
    });
  const courier = new Courier({
    ...{ store, ids, clock, onFault },
    reactors: [...reactors, ...(mailer ? [mailReactor({ store, ids, clock })] : [])],
    onFailure: tellFailures(log, metrics),
  });
  return {
    ...{ courier, mailer },
    expireDue: (ending) => expireDue(services, onFault, ending),
    close: () => closeAll(courier, mailer, post),
  };
}

async function closeAll(courier: Courier, mailer: Mailer | undefined, post: Post | undefined): Promise<void> {
  await Promise.all([courier.stop(), mailer?.stop()]);
  await post?.close();
}

/** Has all of that done by a program that stays: changes of its own at once, what others have left or time brings by rounds. */
export function startBackground(
  { courier, mailer, expireDue }: Background,
  { ground, log }: BackgroundOptions,
): () => Promise<void> {
  const lane = new Lane<LoanId>((loanId) => courier.deliver(loanId), LOANS_WAITING_MAX);
  const ignore = ground.services.changes.watchAll((loanId) => lane.add(loanId));
  const endRounds = startRounds(
    [
      { everyMs: DELIVERY_EVERY_MS, go: () => courier.deliverLeft() },
      { everyMs: EXPIRY_EVERY_MS, go: () => expireDue() },
      ...(mailer ? [{ everyMs: MAIL_EVERY_MS, go: () => mailer.sendDue({ most: MAILS_A_ROUND }) }] : []),
    ],
    (err) => log.error({ err }, 'a background task failed; it is done again'),
  );
  return async () => {
    ignore();
    await Promise.all([lane.stop(), endRounds()]);
  };
}
