import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import { type Store, StoreError } from './store.ts';

/** So many calls in a row that found no database open the circuit; then one call at a time may try again. */
const FAILURES_MAX = 5;
const REST_MS = 2000;

export interface BreakerOptions {
  readonly failuresMax?: number;
  readonly openMs?: number;
  /** Told each time that the circuit opens, and closes again. */
  readonly onChange?: (isOpen: boolean) => void;
}

/**
 * The same store, which says at once that it is unavailable as long as its database is: nobody waits for what will not come,
 * and the database is not met by everybody when it is back. Being throttled, or others being faster, is no unavailability.
 */
export function withBreaker(store: Store, options: BreakerOptions = {}): Store {
  const { failuresMax = FAILURES_MAX, openMs = REST_MS, onChange = () => {} } = options;
  const circuit = circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(failuresMax), halfOpenAfter: openMs });
  let wasOpen = false;
  const told = (isOpen: boolean) => {
    if (isOpen !== wasOpen) onChange(isOpen); // after a try in vain it breaks again, open as it was
    wasOpen = isOpen;
  };
  circuit.onBreak(() => told(true));
  circuit.onReset(() => told(false));

  async function guarded<Result>(call: () => Promise<Result>): Promise<Result> {
    // While one call tries whether the database is back, the others would wait for how it fares.
    if (circuit.state === CircuitState.HalfOpen) throw open();
    const outcome = await circuit
      .execute(() => answered(call))
      .catch((thrown: unknown) => {
        throw thrown instanceof BrokenCircuitError ? open(thrown) : thrown;
      });
    if ('refusal' in outcome) throw outcome.refusal;
    return outcome.result;
  }

  return {
    get: (keys) => guarded(() => store.get(keys)),
    batchGet: (keys) => guarded(() => store.batchGet(keys)),
    list: (range) => guarded(() => store.list(range)),
    listIndex: (range) => guarded(() => store.listIndex(range)),
    commit: (command, writes) => guarded(() => store.commit(command, writes)),
    close: () => store.close(),
  };
}

/** A refusal is an answer as well. @throws where there was none */
async function answered<Result>(call: () => Promise<Result>): Promise<{ result: Result } | { refusal: unknown }> {
  try {
    return { result: await call() };
  } catch (thrown) {
    if (thrown instanceof StoreError && thrown.kind === 'unavailable') throw thrown;
    return { refusal: thrown };
  }
}

function open(cause?: unknown): StoreError {
  return new StoreError('unavailable', 'the circuit is open: the database was unavailable a moment ago', cause);
}
