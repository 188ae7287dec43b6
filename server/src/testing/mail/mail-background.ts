import { isNameShown } from '../../composition/risk.ts';
import { readConfig } from '../../config/config.ts';
import type { EventBatch } from '../../domain/event-batch.ts';
import type { MailLimits } from '../../domain/mail/limits/daily-limits.ts';
import { acceptedOptOutHandler } from '../../mail/accepted-opt-out-handler.ts';
import { answersHandler } from '../../mail/answers-handler.ts';
import { enqueueMailHandler } from '../../mail/enqueue-mail-handler.ts';
import { MailSender } from '../../mail/mail-sender.ts';
import { OutboxDispatcher } from '../../outbox/dispatcher.ts';
import { builtInModel } from '../../risk/assessment/model-file.ts';
import { type RiskHandlerOptions, riskHandler } from '../../risk/assessment/risk-handler.ts';
import { keyedHash } from '../../storage/keyed-hash.ts';
import type { MailAttempt } from '../../telemetry/background-log.ts';
import type { RiskAssessment } from '../../telemetry/risk-log.ts';
import type { TestApp } from '../app/test-app.ts';
import { metadataOf } from './mail-fixtures.ts';
import { memoryTransport } from './memory-transport.ts';

/** A mail sender with a transport in memory. */
export function memoryMailSender(
  { app: { services, mailLinksAt } }: TestApp,
  limits: Partial<MailLimits> = {},
  enforcesHolds = false,
) {
  const { transport, messages, subjects, unknown, state } = memoryTransport();
  const outcomes: MailAttempt['outcome'][] = [];
  const sender = new MailSender({
    services,
    transport,
    from: metadataOf().from,
    language: 'en',
    links: mailLinksAt('https://lending.example.org'),
    limits: limitsOf(limits),
    enforcesHolds,
    isNameShown,
    onAttempt: ({ outcome }) => void outcomes.push(outcome),
    onAnswer: services.telemetry.mailAnswered,
  });
  return {
    sender,
    messages,
    subjects,
    unknown,
    transportState: state,
    /** Of all attempts. */
    outcomes,
    onError: (error: unknown): never => {
      throw error;
    },
  };
}

function limitsOf(limits: Partial<MailLimits>): MailLimits {
  return { ...readConfig({}).mail.limits, ...limits };
}

/** How a server scores invitations. */
export function riskOptions({ app: { services, storeSecrets } }: TestApp): Omit<RiskHandlerOptions, 'mode' | 'onAssessed'> {
  return { ...services, onFailure: 'send', model: builtInModel(), senderId: keyedHash(storeSecrets.deriveKey('senders')) };
}

/** How invitations are scored; undefined: they are not. */
type RiskSettings = Pick<RiskHandlerOptions, 'mode'> & Partial<RiskHandlerOptions>;

/** What a server does in the background for mail, on the clock of a test app, with a transport in memory. */
export function mailBackground(testApp: TestApp, limits: Partial<MailLimits> = {}, risk?: RiskSettings) {
  const { services, contacts } = testApp.app;
  const mailSender = memoryMailSender(testApp, limits, risk?.mode === 'enforce');
  const { sender, messages, subjects, unknown, transportState, outcomes, onError } = mailSender;
  const assessments: RiskAssessment[] = [];
  const failures: unknown[] = [];
  const scoring = risk
    ? [riskHandler({ ...riskOptions(testApp), onAssessed: (each) => void assessments.push(each), ...risk })]
    : [];
  const handlers = [
    ...scoring,
    answersHandler(services, { limits: limitsOf(limits), onAnswer: services.telemetry.mailAnswered }),
    acceptedOptOutHandler(services),
    enqueueMailHandler(services),
  ];
  const dispatcher = new OutboxDispatcher({
    ...services,
    handlers,
    onFailure: ({ error }) => (risk ? failures.push(error) : onError(error)),
    onError,
  });
  return {
    assessments,
    /** Of event handlers, where invitations are scored. */
    failures,
    messages,
    subjects,
    unknown,
    transportState,
    outcomes,
    /** Records contacts, delivers events and sends the mails that are due. */
    async run(): Promise<void> {
      await contacts.flush(onError);
      testApp.advance(11_000);
      await dispatcher.deliverAbandoned(onError);
      await sender.sendDue(onError);
    },
    /** Sends the mails that are due, before events are delivered. */
    sendOnly: () => sender.sendDue(onError),
    /** As where the process has died before it deleted the outbox entry. */
    async deliverAgain(batch: EventBatch): Promise<void> {
      for (const handler of handlers) await handler.handle(batch, new AbortController().signal, false);
    },
    /** The same, as far as invitations are scored. */
    async scoreAgain(batch: EventBatch): Promise<void> {
      for (const handler of scoring) await handler.handle(batch, new AbortController().signal, false);
    },
    /** The token in the link to opt out, in the last mail to an address. */
    optOutToken(address: string): string {
      const mail = messages.findLast(({ to }) => to === address);
      return /\/mail\/opt-out#([\w-]{88})/.exec(mail?.text ?? '')?.[1] ?? '';
    },
  };
}
