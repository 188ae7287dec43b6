import type { Config } from '../config/config.ts';
import type { ImportId, LoanId } from '../domain/ids.ts';
import { enqueueMailHandler } from '../mail/enqueue-mail-handler.ts';
import { Mailer } from '../mail/mail-sender.ts';
import { createTransport } from '../mail/transports/create-transport.ts';
import type { MailTransport } from '../mail/transports/transport.ts';
import { type EventHandler, OutboxDispatcher } from '../outbox/dispatcher.ts';
import { SerialQueue } from '../outbox/serial-queue.ts';
import { tellFailures, tellImports, tellMails } from '../telemetry/background.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { findDueImports } from '../usecases/imports/find-due-imports.ts';
import { type ImportServices, type ImportStepResult, runImportStep } from '../usecases/imports/run-import-step.ts';
import { type ExpirySweepResult, expireDueInvitations } from '../usecases/invitations/expire-due-invitations.ts';
import type { Core } from './core.ts';
import { runImports } from './import-worker.ts';
import { startPeriodicTasks } from './periodic-tasks.ts';

/** An expired amount is free a minute after its time at the latest. */
const EXPIRY_EVERY_MS = 20_000;
const DAY_MS = 86_400_000;
const DELIVERY_EVERY_MS = 5000;
/** Changed loans that wait for delivery; others are found by the round. */
const LOANS_WAITING_MAX = 10_000;
const MAIL_EVERY_MS = 1000;
/** Of each of the eight places where mails wait: some eighty a second, so that a burst of them does not slow down who waits for an answer. */
const MAILS_A_ROUND = 10;

/** What follows from changes, and from time passing. */
export interface Background {
  readonly dispatcher: OutboxDispatcher;
  /** Undefined where no mail is sent. */
  readonly mailer: Mailer | undefined;
  /** @param ending begins nothing further once it is aborted */
  expireDue(ending?: AbortSignal): Promise<ExpirySweepResult>;
  /** Takes the next step of an import. Never rejects. @returns whether there may be another one to take at once */
  advanceImport(importId: ImportId): Promise<boolean>;
  /** @returns when the next import is to be seen to, as far as is known; epoch milliseconds */
  findDueImports(see: (importId: ImportId) => unknown): Promise<number | undefined>;
  /** Once what is under way has come to its end. */
  close(): Promise<void>;
}

export interface BackgroundOptions {
  readonly ground: Pick<Core, 'services' | 'mailLinksAt'>;
  readonly mail: Config['mail'];
  readonly limits: Pick<Config, 'invitesPerHour' | 'invitationDays'>;
  /** Where links lead if no setting says so. */
  readonly url: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Besides whoever writes mails, and before them. */
  readonly handlers?: readonly EventHandler[];
  /** Told of what keeps something from being done, which is in the log by then; it is done again. */
  readonly onFault?: (fault: unknown) => void;
}

export async function openBackground(options: BackgroundOptions): Promise<Background> {
  const { ground, mail, limits, url, log, metrics, handlers = [] } = options;
  const { services, mailLinksAt } = ground;
  const { store, ids, clock } = services;
  const onFault = (err: unknown) => {
    log.error({ err }, 'a background task failed; it is done again');
    options.onFault?.(err);
  };
  const rules = { invitesPerHour: limits.invitesPerHour, invitationMs: limits.invitationDays * DAY_MS };
  const mailTransport = await createTransport(mail.transport);
  const mailer =
    mailTransport &&
    new Mailer({
      services,
      transport: mailTransport,
      from: mail.from,
      links: mailLinksAt(mail.publicUrl ?? url),
      onEnd: tellMails(log, metrics),
      onFault,
    });
  const dispatcher = new OutboxDispatcher({
    ...{ store, ids, clock, onFault },
    handlers: [...handlers, ...(mailer ? [enqueueMailHandler({ store, ids, clock })] : [])],
    onFailure: tellFailures(log, metrics),
  });
  return {
    ...{ dispatcher, mailer },
    expireDue: (ending) => expireDueInvitations(services, onFault, ending),
    advanceImport: (importId) => advanceAndTell({ ...services, rules }, importId, { tell: tellImports(log, metrics), onFault }),
    findDueImports: (see) => findDueImports(services, see),
    close: () => closeAll(dispatcher, mailer, mailTransport),
  };
}

interface Told {
  readonly tell: (advanced: ImportStepResult) => void;
  readonly onFault: (fault: unknown) => void;
}

async function advanceAndTell(services: ImportServices, importId: ImportId, { tell, onFault }: Told): Promise<boolean> {
  try {
    const advanced = await runImportStep(services, importId);
    if (advanced) tell(advanced);
    return advanced?.job.state.name === 'running';
  } catch (fault) {
    onFault(fault);
    return false;
  }
}

async function closeAll(
  dispatcher: OutboxDispatcher,
  mailer: Mailer | undefined,
  transport: MailTransport | undefined,
): Promise<void> {
  await Promise.all([dispatcher.stop(), mailer?.stop()]);
  await transport?.close();
}

/** Has all of that done by a program that stays: changes of its own at once, what others have left or time brings by rounds. */
export function startBackground(
  { dispatcher, mailer, expireDue, advanceImport, findDueImports }: Background,
  { ground, log }: BackgroundOptions,
): () => Promise<void> {
  const lane = new SerialQueue<LoanId>((loanId) => dispatcher.deliver(loanId), LOANS_WAITING_MAX);
  const onFault = (err: unknown) => log.error({ err }, 'a background task failed; it is done again');
  const { changes } = ground.services;
  const ignore = changes.watchAll((loanId) => lane.add(loanId));
  const endImports = runImports({ changes, advance: advanceImport, findDue: findDueImports, onFault });
  const endRounds = startPeriodicTasks(
    [
      { everyMs: DELIVERY_EVERY_MS, go: () => dispatcher.deliverAbandoned() },
      { everyMs: EXPIRY_EVERY_MS, go: () => expireDue() },
      ...(mailer ? [{ everyMs: MAIL_EVERY_MS, go: () => mailer.sendDue({ most: MAILS_A_ROUND }) }] : []),
    ],
    onFault,
  );
  return async () => {
    ignore();
    await Promise.all([lane.stop(), endImports(), endRounds()]);
  };
}
