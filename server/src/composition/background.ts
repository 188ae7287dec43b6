import { setImmediate as nextIteration, setTimeout as pauseFor } from 'node:timers/promises';
import { SESSIONS_CHECK_MS, type Sessions } from '../auth/sessions/sessions.ts';
import type { Config } from '../config/config.ts';
import type { ImportId, LoanId } from '../domain/ids.ts';
import { canContinue } from '../domain/imports/lender-import.ts';
import { acceptedOptOutHandler } from '../mail/accepted-opt-out-handler.ts';
import { answersHandler } from '../mail/answers-handler.ts';
import { enqueueMailHandler } from '../mail/enqueue-mail-handler.ts';
import { MailSender } from '../mail/mail-sender.ts';
import { type SignInMailQueue, SignInMailSender } from '../mail/sign-in-mail-sender.ts';
import { createTransport } from '../mail/transports/create-transport.ts';
import type { MailTransport } from '../mail/transports/transport.ts';
import { type EventHandler, OutboxDispatcher } from '../outbox/dispatcher.ts';
import type { Pause } from '../outbox/pause.ts';
import { WorkQueue } from '../outbox/work-queue.ts';
import { ClockCheck } from '../storage/due-items.ts';
import { KEYS_REFRESH_MS } from '../storage/store-secrets.ts';
import {
  logHandlerFailures,
  logImportSteps,
  logMailAnswers,
  logMailAttempts,
  logSignInMailAttempts,
} from '../telemetry/background-log.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { findDueImports } from '../usecases/imports/find-due-imports.ts';
import { removeExpiredImports } from '../usecases/imports/remove-expired-imports.ts';
import { IMPORT_AHEAD_MS_MAX, runImportStep } from '../usecases/imports/run-import-step.ts';
import { type ExpirySweepResult, expireDueInvitations } from '../usecases/invitations/expire-due-invitations.ts';
import type { ContactRecorder } from './contact-recorder.ts';
import type { Core } from './core.ts';
import { startImportWorker } from './import-worker.ts';
import { startPeriodicTasks } from './periodic-tasks.ts';
import { type PollResult, startPolling } from './polling.ts';
import { isNameShown, openRisk } from './risk.ts';

const DAY_MS = 86_400_000;
/** The pauses between two searches for expired invitations. The contract frees their amounts within 60 s. */
const EXPIRY_MS = { minMs: 20_000, maxMs: 45_000 };
/** The pauses between two searches for event batches that nobody has delivered. */
const DELIVERY_MS = { minMs: 5000, maxMs: 30_000 };
/** The pauses between two searches for mail that is due, or that other processes have left. */
const MAIL_MS = { minMs: 5000, maxMs: 60_000 };
const REMOVAL_EVERY_MS = 600_000;
/** For running work to end on shutdown. What is left is durable, so the next start continues it. */
const STOP_MS_MAX = 5000;
const CONTACTS_EVERY_MS = 1000;
/** Changed loans that may wait for delivery; further ones are found by a later run. */
const LOANS_WAITING_MAX = 10_000;
/** Loans that are delivered at the same time. */
const DELIVERIES_MAX = 16;

/** Gets the error of an item that could not be processed. It is retried, and the others are processed nevertheless. */
type OnError = (error: unknown) => void;

/** Work that follows from events and from time passing. Each method throws, or calls `onError`, without logging. */
export interface Background {
  readonly dispatcher: OutboxDispatcher;
  /** Undefined if no mail is sent. */
  readonly mailSender: MailSender | undefined;
  /** @param signal starts no further loan once it is aborted */
  expireDue(onError: OnError, signal?: AbortSignal): Promise<ExpirySweepResult>;
  /** Takes the next step of an import. @returns whether another step may follow at once @throws as `runImportStep` does */
  advanceImport(importId: ImportId): Promise<boolean>;
  /** @returns when the next import is due, if known; epoch milliseconds */
  findDueImports(onFound: (importId: ImportId) => unknown): Promise<number | undefined>;
  /** Reads rotated keys, if it is time: mail must not be signed with a key that has been retired. Never rejects. */
  refreshKeys(): Promise<void>;
  /** Deletes imports that have expired. @param signal starts no further one once it is aborted */
  removeExpired(onError: OnError, signal?: AbortSignal): Promise<void>;
  /** Resolves once running work is done. */
  close(): Promise<void>;
}

export interface BackgroundOptions {
  readonly core: Pick<Core, 'services' | 'mailLinksAt' | 'storeSecrets'>;
  readonly mail: Config['mail'];
  /** Default: invitations are not scored. */
  readonly risk?: Config['risk'] | undefined;
  readonly limits: Pick<Config, 'invitesPerHour' | 'invitationDays'>;
  /** Where mail links lead if PUBLIC_URL is not set. */
  readonly url: string;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Mails with codes to sign in, if there are any. */
  readonly signInMails?: SignInMailQueue | undefined;
  /** Called before the handler that queues mail. */
  readonly handlers?: readonly EventHandler[];
  /** Called when mails were queued, or have to wait for a time. */
  readonly onMail?: { readonly queued: () => void; readonly waiting: () => void };
  /** Default: by timers. */
  readonly pause?: Pause | undefined;
}

export async function openBackground(options: BackgroundOptions): Promise<Background> {
  const { core, mail, risk, limits, url, log, metrics, handlers = [], onMail, pause } = options;
  const { services, mailLinksAt } = core;
  const { store, ids, clock } = services;
  const rules = { invitesPerHour: limits.invitesPerHour, invitationMs: limits.invitationDays * DAY_MS };
  const transport = await createTransport(mail.transport);
  const links = mailLinksAt(mail.publicUrl ?? url);
  const onAttempt = logMailAttempts(log, metrics);
  const onAnswer = logMailAnswers(log, metrics);
  const onStep = logImportSteps(log, metrics);
  const mailSender =
    transport &&
    new MailSender({
      services,
      transport,
      from: mail.from,
      language: mail.language,
      links,
      limits: mail.limits,
      enforcesHolds: risk?.mode === 'enforce',
      isNameShown,
      onAttempt,
      onAnswer,
      ...(onMail && { onWaiting: onMail.waiting, onQueued: onMail.queued }),
    });
  const codeSender = transport && openCodeSender(options, transport);
  const dispatcher = new OutboxDispatcher({
    store,
    ids,
    clock,
    handlers: [
      ...handlers,
      answersHandler(services, { limits: mail.limits, onAnswer }),
      ...(mailSender ? mailHandlers(options, mailSender) : []),
    ],
    onFailure: logHandlerFailures(log, metrics),
    onError: (err) => log.error({ err }, 'deleting outbox entries failed, their events will be delivered again'),
    pause,
  });
  const importClock = new ClockCheck(IMPORT_AHEAD_MS_MAX);
  return {
    dispatcher,
    mailSender,
    expireDue: (onError, signal) => expireDueInvitations(services, onError, signal),
    async advanceImport(importId) {
      const step = await runImportStep({ ...services, rules }, importId);
      if (step) onStep(step);
      return step !== undefined && canContinue(step.job);
    },
    findDueImports: (onFound) => findDueImports(services, importClock, onFound),
    refreshKeys: () => core.storeSecrets.refresh(),
    removeExpired: (onError, signal) => removeExpiredImports(services, onError, signal),
    async close() {
      await Promise.all([mailSender?.stop(), codeSender?.stop(), dispatcher.stop()]);
      await transport?.close(); // not before: it would fail a mail that is being sent
    },
  };
}

function openCodeSender(
  { core, mail, url, log, metrics, signInMails: queue }: BackgroundOptions,
  transport: MailTransport,
): SignInMailSender | undefined {
  if (!queue) return undefined;
  const { from, language, publicUrl: site = url } = mail;
  const onAttempt = logSignInMailAttempts(log, metrics);
  return new SignInMailSender({ queue, transport, from, language, site, clock: core.services.clock, onAttempt });
}

/** What mail follows from events. Invitations are scored before their mail is queued. */
function mailHandlers({ core, risk, log, metrics }: BackgroundOptions, sender: MailSender): EventHandler[] {
  const { services } = core;
  const onError = (err: unknown) => log.error({ err }, 'sending mail failed, will be retried');
  return [
    ...openRisk(risk, core, log, metrics),
    acceptedOptOutHandler(services),
    enqueueMailHandler({ ...services, sender, onError }),
  ];
}

export interface ServerBackgroundOptions extends BackgroundOptions {
  readonly contacts: Pick<ContactRecorder, 'flush'>;
  readonly sessions: Pick<Sessions, 'checkOpen'>;
}

/**
 * Runs the background work of a server: at once for its own changes, and periodically for work that is due or abandoned.
 * @returns stops it, and resolves once running work is done
 */
export async function startBackground(options: ServerBackgroundOptions): Promise<() => Promise<void>> {
  const { core, contacts, sessions, log, pause } = options;
  const { changes, clock, random } = core.services;
  const onError = (err: unknown) => log.error({ err }, 'background task failed, will be retried');
  const onMail = { queued: () => mails.add('queued'), waiting: () => mailPoller?.poke() };
  const work = await openBackground({ ...options, onMail });
  const { dispatcher, mailSender } = work;
  const mails = new WorkQueue<'queued'>({ process: async () => mailSender?.sendOwn(onError), onError, waitingMax: 1 });
  const loans = new WorkQueue<LoanId>({
    async process(loanId) {
      await nextIteration(); // after the response to the request
      await dispatcher.deliver(loanId);
    },
    onError,
    waitingMax: LOANS_WAITING_MAX,
    concurrency: DELIVERIES_MAX,
  });
  const unsubscribe = [
    changes.watchCommits((writes) => {
      dispatcher.handOver(writes);
      mailSender?.handOver(writes, onError);
    }),
    changes.watchAll((loanId) => loans.add(loanId)),
  ];
  const polling = { clock, random, onError, pause };
  const { advanceImport: advance, findDueImports: findDue } = work;
  const stopImports = startImportWorker({ changes, advance, findDue, ...polling });
  const mailPoller = mailSender && startPolling({ ...MAIL_MS, run: () => mailSender.sendDue(onError) }, polling);
  const pollers = [
    mailPoller,
    startPolling({ ...DELIVERY_MS, run: (signal) => dispatcher.deliverAbandoned(onError, signal) }, polling),
    startPolling({ ...EXPIRY_MS, run: (signal) => findExpired(work.expireDue(onError, signal)) }, polling),
  ];
  const stopTasks = startPeriodicTasks(
    [
      { everyMs: KEYS_REFRESH_MS, run: work.refreshKeys },
      { everyMs: REMOVAL_EVERY_MS, run: (signal) => work.removeExpired(onError, signal) },
      { everyMs: SESSIONS_CHECK_MS, run: () => sessions.checkOpen() },
      { everyMs: CONTACTS_EVERY_MS, run: (signal) => contacts.flush(onError, signal) },
    ],
    onError,
    pause,
  );
  return async () => {
    for (const stop of unsubscribe) stop();
    const lastContacts = stopTasks().then(() => contacts.flush(onError, AbortSignal.timeout(STOP_MS_MAX)));
    const stopped = [
      ...pollers.map((poller) => poller?.stop()),
      loans.stop(),
      mails.stop(),
      stopImports(),
      lastContacts,
      work.close(),
    ];
    if (!(await endsWithin(STOP_MS_MAX, Promise.all(stopped))))
      log.warn('background work did not end in time; the next start continues it');
  };
}

async function findExpired(sweep: Promise<ExpirySweepResult>): Promise<PollResult> {
  const { loans, next } = await sweep;
  return { found: loans, next };
}

/** @returns whether `work` has ended within `ms` */
async function endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([work.then(() => true), pauseFor(ms, false, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
