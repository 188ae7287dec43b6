import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { wrapStore } from './instrumented-store.ts';
import { type Store, StoreError } from './store.ts';

const FAILURES_MAX = 5;
const OPEN_MS = 2000;

export interface BreakerOptions {
  /** Calls in a row that find the database unavailable before the circuit opens. */
  readonly failuresMax?: number;
  /** How long it stays open before one call at a time may try again. */
  readonly openMs?: number;
  /** Called each time that the circuit opens or closes. */
  readonly onChange?: (isOpen: boolean) => void;
}

/**
 * A store that fails at once while its database is unavailable: callers don't wait in vain, and don't all return at the
 * same moment. Throttling and version conflicts don't count as unavailability.
 */
export function withBreaker(store: Store, options: BreakerOptions = {}): Store {
  const { failuresMax = FAILURES_MAX, openMs = OPEN_MS, onChange = () => {} } = options;
  const circuit = circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(failuresMax), halfOpenAfter: openMs });
  let wasOpen = false;
  const notify = (isOpen: boolean) => {
    if (isOpen !== wasOpen) onChange(isOpen); // a failed probe breaks the circuit again, which was open already
    wasOpen = isOpen;
  };
  circuit.onBreak(() => notify(true));
  circuit.onReset(() => notify(false));

  return wrapStore(store, async (_verb, call) => {
    // Cockatiel lets calls wait for the result of a probe under way; ours fail at once.
    if (circuit.state === CircuitState.HalfOpen) throw circuitOpenError();
    const outcome = await circuit
      .execute(() => responseOf(call))
      .catch((thrown: unknown) => {
        throw thrown instanceof BrokenCircuitError ? circuitOpenError(thrown) : thrown;
      });
    if ('error' in outcome) throw outcome.error;
    return outcome.result;
  });
}

/** Any response shows that the database is there, errors included. @throws StoreError where it is unavailable */
async function responseOf<Result>(call: () => Promise<Result>): Promise<{ result: Result } | { error: unknown }> {
  try {
    return { result: await call() };
  } catch (thrown) {
    if (thrown instanceof StoreError && thrown.kind === 'unavailable') throw thrown;
    return { error: thrown };
  }
}

function circuitOpenError(cause?: unknown): StoreError {
  return new StoreError('unavailable', 'the circuit is open: the database was unavailable a moment ago', cause);
}
