import type { App } from '../app.ts';
import { Courier, type Reactor } from '../reactors/courier.ts';
import type { Log } from '../telemetry/log.ts';
import { expireDue } from '../usecases/expire-due.ts';
import { startRounds } from './rounds.ts';

/** An expired amount is free a minute after its time at the latest. */
const EXPIRY_EVERY_MS = 20_000;
const DELIVERY_EVERY_MS = 5000;

/** What a server does without being asked: it has changes reacted to, and sees to what is due. @returns what ends it */
export function startBackground({ services }: App, reactors: readonly Reactor[], log: Log): () => Promise<void> {
  const { store, ids, clock, changes } = services;
  const onFault = (err: unknown) => log.error({ err }, 'a background task failed; it is done again');
  const courier = new Courier({
    ...{ store, ids, clock, reactors, onFault },
    onFailure: ({ chapter: { loan, version }, reactor, fault: err, isLast }) =>
      log.error({ err, reactor, loan_id: loan.loanId, version }, isLast ? 'a change is set aside' : 'a change is tried again'),
  });
  const ignore = changes.watchAll((loanId) => void courier.deliver(loanId));
  const endRounds = startRounds(
    [
      { everyMs: DELIVERY_EVERY_MS, go: () => courier.deliverLeft() },
      { everyMs: EXPIRY_EVERY_MS, go: () => expireDue(services, onFault) },
    ],
    onFault,
  );
  return async () => {
    ignore();
    await Promise.all([endRounds(), courier.stop()]);
  };
}
