// Builds the console with Vite.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const configFile = fileURLToPath(new URL('../console/vite.config.ts', import.meta.url));

/** Builds it into dist/console/. */
export function buildConsole() {
  process.env.NODE_ENV = 'production'; // a test's own would give the development build of React
  return build({ configFile });
}

/**
 * Builds it into a folder, and again after each change. Vite prints errors of a build.
 * @param {string} outDir
 * @returns after the first build
 */
export async function watchConsole(outDir) {
  process.env.NODE_ENV = 'production';
  const watcher = await build({ configFile, build: { outDir, watch: {} } });
  await new Promise((resolve) => {
    watcher.on('event', ({ code }) => (code === 'END' || code === 'ERROR') && resolve());
  });
  return watcher;
}
