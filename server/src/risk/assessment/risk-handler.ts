import { contention } from '../../domain/errors.ts';
import type { EventBatch } from '../../domain/event-batch.ts';
import type { Ids, UserId } from '../../domain/ids.ts';
import type { EventHandler } from '../../outbox/dispatcher.ts';
import { waitWithFullJitter } from '../../storage/full-jitter.ts';
import { holdKey } from '../../storage/keys.ts';
import { type Store, StoreError } from '../../storage/store.ts';
import type { RiskAssessment } from '../../telemetry/risk-log.ts';
import { featuresOf } from '../features/features-of.ts';
import { type CommittedBatch, type RiskBatch, riskBatchOf } from '../features/risk-batch.ts';
import { scoreOf } from '../model/score-of.ts';
import { countWrites, holdOf, holdWrites } from './assessment-writes.ts';
import type { ModelSource } from './model-file.ts';
import { RecentInvitations } from './recent-invitations.ts';
import { historyBefore, isRecorded, judgedWith } from './sender-record.ts';
import { otherSenders, readStored, type StoredContext } from './stored-context.ts';

export interface RiskHandlerOptions {
  readonly store: Pick<Store, 'batchGet' | 'commit' | 'get'>;
  readonly ids: Pick<Ids, 'command' | 'outgoingMail'>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly random: () => number;
  /** `shadow`: holds are written, and mail leaves. */
  readonly mode: 'enforce' | 'shadow';
  /** Scores from here on are held; default: that of the model. */
  readonly threshold?: number | undefined;
  /** What becomes of mail whose score can't be had. */
  readonly onFailure: 'hold' | 'send';
  readonly model: ModelSource;
  /** Keyed hash of a sender, by which mailboxes know them. */
  readonly senderId: (userId: UserId) => string;
  readonly onAssessed: (assessment: RiskAssessment) => void;
}

/** How long a score that fails is tried again, where mail waits for it. The dispatcher's last attempt comes before, unless it was down. */
const RETRY_MS = 300_000;
/** Other processes may count other batches of the sender, or of the same mailboxes, at the same time. */
const ATTEMPTS_MAX = 30;
/** After the first attempt, and so much longer after each further one. */
/** A pause grows with each attempt. */
const PAUSE_MS = { first: 40, max: 400 };

/**
 * Scores the invitations of each event batch before their mail is queued, and writes a hold where the score is high. A batch that
 * comes again changes nothing.
 */
export function riskHandler(options: RiskHandlerOptions): EventHandler {
  const recent = new RecentInvitations(options.store);
  return {
    name: 'risk',
    async handle(batch, _signal, isLastAttempt) {
      const judged = riskBatchOf(batch);
      if (!judged) return;
      try {
        await assess(options, recent, batch, judged);
      } catch (error) {
        if (error instanceof StoreError) throw error; // nothing is delivered while the database fails
        const isOver = isLastAttempt || options.clock() >= batch.at + RETRY_MS;
        if (options.mode === 'enforce' && !isOver) throw error;
        await giveUp(options, batch, judged, error);
      }
    },
  };
}

type Scored = NonNullable<RiskAssessment['scored']>;

async function assess(
  options: RiskHandlerOptions,
  recent: RecentInvitations,
  batch: EventBatch,
  judged: CommittedBatch,
): Promise<void> {
  const { store, ids, random, mode, onAssessed } = options;
  let scored: Scored | undefined;
  /** Whether an attempt that failed may have counted the batch, and only some mailboxes are missing. */
  let mayHaveCounted = false;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const stored = await readStored(store, batch, judged, attempt > 1);
    const isCounted = isRecorded(stored.sender?.data, batch);
    if (isCounted && !mayHaveCounted) return; // by an earlier delivery, or by another process at the same time
    scored ??= await score(options, recent, batch, judged, stored);
    const isHigh = scored.score >= scored.threshold;
    const cause = { ...scored, isEnforced: mode === 'enforce' };
    const holds = isHigh ? holdWrites(holdOf(batch, cause, ids), stored.hold) : [];
    const writes = [...holds, ...countWrites(stored, batch, judged, isCounted, options.senderId)];
    const result = writes.length > 0 ? await store.commit(ids.command(), writes) : undefined;
    if (!result || result.committed) {
      recent.add(batch, judged);
      const outcome = !isHigh ? 'passed' : mode === 'enforce' ? 'held' : 'noted';
      return onAssessed({ batch, mode, outcome, invitations: judged.invitations.length, scored });
    }
    const failed = [...result.current.keys()];
    mayHaveCounted ||= !isCounted && failed.every((position) => position > holds.length); // the sender's write is next to the hold's
    await waitWithFullJitter(random, Math.min(attempt * PAUSE_MS.first, PAUSE_MS.max));
  }
  throw contention();
}

async function score(
  { model: source, threshold, senderId }: RiskHandlerOptions,
  recent: RecentInvitations,
  batch: EventBatch,
  judged: RiskBatch,
  stored: StoredContext,
): Promise<Scored> {
  const { sender, answers } = stored;
  const earlier = await recent.read(judgedWith(sender?.data, judged));
  const history = historyBefore(sender?.data, answers?.data, earlier, batch);
  const features = featuresOf(judged, history, { otherSenders: otherSenders(stored, batch, judged, senderId) });
  const model = await source();
  const scored = scoreOf(model, features);
  if (!Number.isFinite(scored.score)) throw new RangeError('the score is not a number'); // and so it would be below any threshold
  return { ...scored, features, threshold: threshold ?? model.holdFrom };
}

/** Does what the operator has chosen for invitations without a score. */
async function giveUp(options: RiskHandlerOptions, batch: EventBatch, judged: RiskBatch, error: unknown): Promise<void> {
  const { store, ids, mode, onFailure, onAssessed } = options;
  if (mode === 'enforce' && onFailure === 'hold') {
    const reasons = [{ feature: 'not-scored', contribution: 0 }];
    const hold = holdOf(batch, { score: null, reasons, modelVersion: 'none', isEnforced: true }, ids);
    const [standing] = await store.get([holdKey(hold.loanId, hold.invitedAt)]);
    const writes = holdWrites(hold, standing);
    if (writes.length > 0 && !(await store.commit(ids.command(), writes)).committed) throw contention();
  }
  onAssessed({ batch, mode, outcome: 'failed', invitations: judged.invitations.length, error });
}
