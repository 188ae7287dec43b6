import type { Handler } from 'hono';
import type { GraphQlOptions } from '../api/graphql/http-handler.ts';
import type { ConsoleFiles } from '../api/http/console/console-files.ts';
import { LiveStreams } from '../api/http/event-stream/live-streams.ts';
import type { Env, Peer } from '../api/http/hono-env.ts';
import { type HttpOptions, httpApp } from '../api/http/http-app.ts';
import type { PublicServices } from '../api/http/system-routes.ts';
import type { LocalIssuer } from '../auth/local-issuer.ts';
import { createNetworkIds } from '../auth/network-id.ts';
import { createRateLimiter } from '../auth/rate-limiter.ts';
import type { Sessions } from '../auth/sessions/sessions.ts';
import type { Config } from '../config/config.ts';
import { KeyedLimit } from '../domain/limits/keyed-limit.ts';
import { LoanEventHub } from '../events/event-hub.ts';
import type { Rules, Services } from '../execution/services.ts';
import type { SignInMailQueue } from '../mail/sign-in-mail-sender.ts';
import { Cursors } from '../pagination/cursors.ts';
import { EventLoopBudget } from '../pagination/event-loop-budget.ts';
import { FEATURES } from '../risk/features/feature-table.ts';
import { storeMetadataKey } from '../storage/keys.ts';
import type { Store } from '../storage/store.ts';
import { STORE_SECRET } from '../storage/store-format.ts';
import { monitorWrites, type WriteMonitor } from '../storage/write-monitor.ts';
import { logMailAnswers } from '../telemetry/background-log.ts';
import { type Log, logHoldDecision, logRequest, logSubscription, logWritability } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { traceIdOf } from '../telemetry/trace.ts';
import { EXPORTS_PER_USER_MAX } from '../usecases/imports/list-import-rows.ts';
import { ContactRecorder } from './contact-recorder.ts';
import { type Core, type CoreOptions, createCore } from './core.ts';
import { createCommandId } from './create-ids.ts';
import { Readiness } from './readiness.ts';
import { retryableOnce } from './retryable-once.ts';
import { openSignIn, type SignIn } from './sign-in.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const RISK_LABELS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(FEATURES).map(([feature, { label }]) => [feature, label] as const),
  ['not-scored', 'the score could not be computed'],
]);

export interface App extends Core {
  /** Handles one HTTP request, in the server, on Lambda and in the CLI alike. */
  fetch(request: Request, peer?: Peer): Promise<Response>;
  /** Undefined where users sign in at another issuer, or by e-mail. */
  readonly localIssuer: LocalIssuer | undefined;
  readonly services: Services;
  readonly sessions: Sessions;
  /** Mails with codes, which the host has to send; undefined unless users sign in by e-mail. */
  readonly signInMails: SignInMailQueue | undefined;
  /** Sees every user who is authenticated. The host has to flush it. */
  readonly contacts: ContactRecorder;
  /** From now on `/health/ready` fails, and streams of events are ended. */
  stop(): void;
}

/** `fetch` for a client in the same process. */
export function fetchFrom(app: Pick<App, 'fetch'>): typeof globalThis.fetch {
  return (input, init) => app.fetch(new Request(input, init));
}

/** `usesViewCache` defaults to true for DynamoDB, where a read costs a network round trip. */
export interface AppOptions extends CoreOptions {
  readonly config: Config;
  readonly metrics?: Metrics;
  /** Whether a response can stay open, which a stream of events needs to be live. */
  readonly holdsResponses?: boolean;
  /** Undefined where it has not been built. */
  readonly console?: ConsoleFiles | undefined;
}

/** Composes the app on an open store. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, log, metrics, holdsResponses = false, clock: wallClock = Date.now } = options;
  const writes = monitorWrites(options.store, { newCommand: createCommandId, clock: wallClock, onChange: logWritability(log) });
  const { store } = writes;
  const core = await createCore({ usesViewCache: config.store.kind === 'dynamodb', ...options, store });
  const { storeSecrets, mailLinksAt } = core;
  const { ids, clock, changes, random } = core.services;
  const signIn = await openSignIn(config, core);
  const { issuer, localIssuer, emailAuth, sessions } = signIn;
  const consume = createRateLimiter(config.requestsPerSecond, clock);
  const budget = new EventLoopBudget();
  const readiness = checkReadiness(store, writes, log);
  const contacts = new ContactRecorder(core.services);
  const liveStreams = holdsResponses ? new LiveStreams() : undefined;

  const services: Services = {
    ...core.services,
    rules: rulesOf(config),
    authenticator: { authenticate: contacts.seeUsersOf(signIn.authenticate), consume },
    sessions,
    networkOf: createNetworkIds(storeSecrets.deriveKey('networks')),
    cursors: new Cursors(storeSecrets.keyRing('cursors')),
    budget,
    exports: new KeyedLimit(EXPORTS_PER_USER_MAX),
    eventHub: new LoanEventHub({ store, changes, random, budget }),
    telemetry: telemetryOf(log, metrics),
  };
  const onError: HttpOptions['onError'] = (err, { requestId, traceparent }) =>
    log.error({ err, request_id: requestId, trace_id: traceIdOf(traceparent) }, 'request failed');
  const app = httpApp(
    services,
    {
      requireReady: (request) => readiness.requireReady(request),
      consume,
      console: options.console,
      localIssuer,
      signIn: config.signIn,
      publicUrl: config.mail.publicUrl,
      issuerHealth: issuer.health,
      // They only verify tokens here, so their base URL does not matter.
      mailLinks: config.mail.transport.kind === 'none' ? undefined : mailLinksAt(''),
      metrics: metrics?.page,
      metricsToken: config.metricsToken,
      trustedHops: config.trustedHops,
      auth: authServices(signIn, services, config, log),
    },
    {
      trustedHops: config.trustedHops,
      corsOrigins: config.corsOrigins,
      ids,
      onError,
      liveStreams,
      graphql: lazyGraphQlHandler(services, { allowsIntrospection: localIssuer !== undefined, onError }),
    },
  );
  return {
    fetch: async (request, peer = {}) => app.fetch(request, peer),
    localIssuer,
    storeSecrets,
    services,
    sessions,
    signInMails: emailAuth?.mails,
    contacts,
    mailLinksAt,
    stop() {
      readiness.stop();
      liveStreams?.stop();
    },
  };
}

function telemetryOf(log: Log, metrics: Metrics | undefined): Services['telemetry'] {
  return {
    requestEnded: (request) => logRequest(log, request, metrics?.requestEnded(request)),
    subscriptionFailed: (subscription) => logSubscription(log, subscription),
    holdDecided(decided) {
      const { decision } = decided.hold;
      logHoldDecision(log, decided, decision === null ? undefined : metrics?.holdDecided(decision));
    },
    mailAnswered: logMailAnswers(log, metrics),
  };
}

function authServices(signIn: SignIn, services: Services, config: Config, log: Log): PublicServices['auth'] {
  const { authenticator, telemetry, clock } = services;
  return {
    ...signIn,
    authenticator,
    telemetry,
    clock,
    method: config.signIn.kind,
    issuer: config.signIn.kind === 'oidc' ? config.signIn.issuer : undefined,
    feedUrl: config.feedUrl,
    corsOrigins: config.corsOrigins,
    publicUrl: config.mail.publicUrl,
    onSignInFailed: (err, { requestId, traceparent }) =>
      log.warn({ err, request_id: requestId, trace_id: traceIdOf(traceparent) }, 'sign-in failed'),
  };
}

function rulesOf(config: Config): Rules {
  return {
    invitesPerHour: config.invitesPerHour,
    loansPerDay: config.loansPerDay,
    invitationMs: config.invitationDays * DAY_MS,
    idempotencyMs: config.idempotencyHours * HOUR_MS,
    sendsMail: config.mail.transport.kind !== 'none',
    riskLabels: RISK_LABELS,
  };
}

function checkReadiness(store: Store, writes: WriteMonitor, log: Log): Readiness {
  return new Readiness({
    log,
    checks: [
      { failure: "the store can't be read", run: () => store.get([storeMetadataKey(STORE_SECRET)]) },
      { failure: "the store can't be written", run: () => writes.requireWritable() },
    ],
  });
}

/** Loads the GraphQL libraries with the first GraphQL request, to keep cold starts short. */
function lazyGraphQlHandler(services: Services, options: GraphQlOptions): Handler<Env> {
  const load = retryableOnce<Handler<Env>>(async () =>
    (await import('../api/graphql/http-handler.ts')).graphQlHandler(services, options),
  );
  return async (context, next) => (await load())(context, next);
}
