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

/** Of an asset, whose name has a hash of its content. */
export const ASSET_CACHE_CONTROL = 'public, max-age=31536000, immutable';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=UTF-8',
  '.js': 'text/javascript; charset=UTF-8',
  '.svg': 'image/svg+xml',
};

/**
 * Reads the console that `vite build` wrote.
 * @param publicUrl where users reach the server
 * @returns undefined where it has not been built
 */
export async function readConsoleFiles(folder: string, publicUrl: string | undefined): Promise<ConsoleFiles | undefined> {
  const page = await readConsolePage(path.join(folder, 'index.html'), publicUrl);
  if (page === undefined) return undefined;
  const names = await readdir(path.join(folder, 'assets'));
  const assets = await Promise.all(names.map(async (name) => [name, await readAsset(path.join(folder, 'assets', name))] as const));
  return { page, assets: new Map(assets) };
}

/** @param publicUrl its path is put before the paths in the page @returns undefined where the file is missing */
export async function readConsolePage(file: string, publicUrl: string | undefined): Promise<PublicDocument | undefined> {
  const html = await readFile(file, 'utf8').catch(ignoreMissing);
  if (html === undefined) return undefined;
  return publicDocument(html.replaceAll('"./', `"${basePath(publicUrl)}/`), 'text/html; charset=UTF-8');
}

async function readAsset(file: string): Promise<PublicDocument> {
  return publicDocument(await readFile(file, 'utf8'), assetType(file));
}

/** @returns the content type @throws TypeError for a file of a type that the console has not had before */
export function assetType(file: string): string {
  const type = TYPES[path.extname(file)];
  if (type === undefined) throw new TypeError(`the console has a file of an unknown type: ${file}`);
  return type;
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
