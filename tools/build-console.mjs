// Builds the console into dist/console/, with Vite.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const configFile = fileURLToPath(new URL('../console/vite.config.ts', import.meta.url));

/** @param {{ watch?: boolean }} [options] `watch`: builds again after each change */
export function buildConsole({ watch = false } = {}) {
  process.env.NODE_ENV = 'production'; // a test's own would give the development build of React
  return build({ configFile, ...(watch && { build: { watch: {} } }) });
}
