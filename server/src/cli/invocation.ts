import { basename, delimiter, dirname, relative } from 'node:path';
import type { Invocation } from '../config/config.ts';

/** How the program was called, to be typed again: `lending`, `npx lending` or `node server/bin/lending.mjs`. */
export function commandPrefix({ script, npmCommand, searchPath }: Invocation, folder: string): string {
  if (npmCommand !== undefined || script === undefined) return 'npx lending';
  const isBin = basename(script) === 'lending';
  if (isBin && (searchPath ?? '').split(delimiter).includes(dirname(script))) return 'lending';
  const near = relative(folder, script);
  const shortest = near.length < script.length ? near : script;
  const quoted = /^[\w./@:\\+-]+$/.test(shortest) ? shortest : `"${shortest}"`;
  return isBin ? quoted : `node ${quoted}`;
}
