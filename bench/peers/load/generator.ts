import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadPlan, LoadResult } from './plan.ts';

const PROGRAM = fileURLToPath(new URL('generate.ts', import.meta.url));

export interface Generator {
  /** One at a time. @throws Error if a request fails */
  run(plan: LoadPlan): Promise<LoadResult>;
  stop(): void;
}

/** The load's own process. */
export function startGenerator(): Generator {
  const child = fork(PROGRAM, { execArgv: ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'] });
  let settle: ((result: LoadResult | Error) => void) | undefined;
  child.on('message', (message: LoadResult | { readonly error: string }) =>
    settle?.('error' in message ? new Error(`the load failed: ${message.error}`) : message),
  );
  child.on('exit', () => settle?.(new Error('the process of the load ended')));
  return {
    run(plan) {
      child.send(plan);
      return new Promise((resolve, reject) => {
        settle = (result) => (result instanceof Error ? reject(result) : resolve(result));
      });
    },
    stop: () => void child.kill(),
  };
}
