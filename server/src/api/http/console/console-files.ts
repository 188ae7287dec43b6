import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { basePath } from '../auth/own-origin.ts';
import { type PublicDocument, publicDocument } from '../documents/public-document.ts';

/** The built console: one page for all its paths, and the files that the page loads. */
export interface ConsoleFiles {
  readonly page: PublicDocument;
  /** By name. A name has a hash of the content, so a file never changes. */
  readonly assets: ReadonlyMap<string, PublicDocument>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=UTF-8',
  '.js': 'text/javascript; charset=UTF-8',
  '.svg': 'image/svg+xml',
};

/**
 * Reads the console that `vite build` wrote.
 * @param publicUrl where users reach the server. Its path is put before the paths in the page.
 * @returns undefined where it has not been built
 */
export async function readConsoleFiles(folder: string, publicUrl: string | undefined): Promise<ConsoleFiles | undefined> {
  const html = await readFile(path.join(folder, 'index.html'), 'utf8').catch(ignoreMissing);
  if (html === undefined) return undefined;
  const names = await readdir(path.join(folder, 'assets'));
  const assets = await Promise.all(names.map(async (name) => [name, await readAsset(path.join(folder, 'assets', name))] as const));
  return {
    page: publicDocument(html.replaceAll('"./', `"${basePath(publicUrl)}/`), 'text/html; charset=UTF-8'),
    assets: new Map(assets),
  };
}

async function readAsset(file: string): Promise<PublicDocument> {
  const type = TYPES[path.extname(file)];
  if (type === undefined) throw new TypeError(`the console has a file of an unknown type: ${file}`);
  return publicDocument(await readFile(file, 'utf8'), type);
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
