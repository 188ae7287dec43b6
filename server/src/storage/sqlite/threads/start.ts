import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { OpenFiles } from '../store-file.ts';

/** @param name of the entry: `NAME-thread.ts` beside this file, built as `sqlite-NAME-thread.js` */
export function startThread(name: 'check' | 'checkpoint' | 'migrate' | 'writer', workerData: OpenFiles | string): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const entry = new URL(isSource ? `./${name}-thread.ts` : `./sqlite-${name}-thread.js`, import.meta.url);
  const execArgv = isSource ? ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'] : [];
  const compileCache = getCompileCacheDir();
  // Without the environment of `node --watch`: with it, Node posts the thread's imports among its responses.
  const env = compileCache === undefined ? {} : { NODE_COMPILE_CACHE: compileCache };
  return new Worker(entry, { workerData, execArgv, env });
}
