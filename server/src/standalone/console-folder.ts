import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Beside the built program; for the sources, the build of `npm run dev`, and that of `npm start`. */
const FOLDERS = ['./console/', '../../../dist/dev/console/', '../../../dist/console/'];

/** @returns the folder of the built console, or undefined where it has not been built */
export function findConsoleFolder(): string | undefined {
  return FOLDERS.map((folder) => fileURLToPath(new URL(folder, import.meta.url))).find((folder) => existsSync(folder));
}
