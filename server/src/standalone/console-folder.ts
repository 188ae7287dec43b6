import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder of the built console. It may be missing. */
export function findConsoleFolder(): string {
  const besideProgram = fileURLToPath(new URL('./console/', import.meta.url));
  const fromSources = fileURLToPath(new URL('../../../dist/console/', import.meta.url));
  return existsSync(besideProgram) ? besideProgram : fromSources;
}
