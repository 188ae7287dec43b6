import { Counter, Histogram, Registry } from 'prom-client';
import type { ImportFailureCode } from '../domain/imports/lender-import.ts';
import type { Answer } from '../domain/mail/limits/sender-answers.ts';
import type { HoldDecision } from '../domain/risk/risk-hold.ts';
import type { RequestEnded } from '../execution/telemetry.ts';
import type { StoreVerb } from '../storage/instrumented-store.ts';
import type { MailCount, Metrics, MetricsPage, RiskCount } from './metrics.ts';

const LATENCY_BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
/** Most scores are far below the threshold of 0.13: probabilities at a base rate of 1 %. */
const SCORE_BUCKETS = [0.0001, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.9];

/** Metrics in the process, for Prometheus to scrape. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #latency = new Histogram({
    name: 'api_latency_milliseconds',
    help: 'Time from request to response.',
    labelNames: ['endpoint', 'status'],
    buckets: LATENCY_BUCKETS_MS,
    registers: [this.#registry],
  });
  readonly #lendersAdded = new Counter({
    name: 'lenders_added_total',
    help: 'Lenders invited; replays are not counted.',
    labelNames: ['endpoint'],
    registers: [this.#registry],
  });
  readonly #errors = new Counter({
    name: 'api_errors_total',
    help: 'Requests rejected or failed.',
    labelNames: ['endpoint', 'error_type'],
    registers: [this.#registry],
  });
  readonly #storeCalls = new Counter({
    name: 'store_calls_total',
    help: 'Calls to the database.',
    labelNames: ['verb'],
    registers: [this.#registry],
  });
  readonly #mails = new Counter({
    name: 'mails_total',
    help: 'Attempts to send a mail, by outcome.',
    labelNames: ['kind', 'outcome'],
    registers: [this.#registry],
  });
  readonly #mailAnswers = new Counter({
    name: 'mail_answers_total',
    help: 'Answers to invitations: accepted, declined, opted out of mail, or bounced.',
    labelNames: ['answer'],
    registers: [this.#registry],
  });
  readonly #deadLetters = new Counter({
    name: 'events_dead_lettered_total',
    help: 'Event batches that a handler gave up on after its last attempt.',
    labelNames: ['handler'],
    registers: [this.#registry],
  });

  readonly #importsFailed = new Counter({
    name: 'imports_failed_total',
    help: 'Imports that failed, by the code of their failure.',
    labelNames: ['code'],
    registers: [this.#registry],
  });
  readonly #riskBatches = new Counter({
    name: 'risk_batches_total',
    help: 'Commits with invitations, by the outcome of their score.',
    labelNames: ['outcome'],
    registers: [this.#registry],
  });
  readonly #riskScores = new Histogram({
    name: 'risk_scores',
    help: 'Scores of commits with invitations, 0 to 1.',
    buckets: SCORE_BUCKETS,
    registers: [this.#registry],
  });
  readonly #holdDecisions = new Counter({
    name: 'hold_decisions_total',
    help: 'Decisions of operators about held invitations.',
    labelNames: ['decision'],
    registers: [this.#registry],
  });

  readonly page: MetricsPage = {
    contentType: this.#registry.contentType,
    text: () => this.#registry.metrics(),
  };

  requestEnded({ endpoint, durationMs, error, lendersAdded }: RequestEnded): object {
    this.#latency.observe({ endpoint, status: error ? 'Error' : 'Success' }, durationMs);
    if (error) this.#errors.inc({ endpoint, error_type: error.metricType });
    if (lendersAdded > 0) this.#lendersAdded.inc({ endpoint }, lendersAdded);
    return {};
  }

  lendersImported(count: number): object {
    if (count > 0) this.#lendersAdded.inc({ endpoint: 'ImportLenders' }, count);
    return {};
  }

  importFailed(code: ImportFailureCode): object {
    this.#importsFailed.inc({ code });
    return {};
  }

  mailAttempted({ kind, outcome }: MailCount): object {
    this.#mails.inc({ kind, outcome });
    return {};
  }

  mailAnswered(answer: Answer): object {
    this.#mailAnswers.inc({ answer });
    return {};
  }

  eventDeadLettered(handler: string): object {
    this.#deadLetters.inc({ handler });
    return {};
  }

  batchScored({ outcome, score }: RiskCount): object {
    this.#riskBatches.inc({ outcome });
    if (score !== null) this.#riskScores.observe(score);
    return {};
  }

  holdDecided(decision: HoldDecision): object {
    this.#holdDecisions.inc({ decision });
    return {};
  }

  storeCalled(verb: StoreVerb): void {
    this.#storeCalls.inc({ verb });
  }
}
