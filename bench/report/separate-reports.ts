import { existsSync, readFileSync } from 'node:fs';
import { clientSizePart, measureClientSizes } from '../client-size.ts';
import { feedPart } from './feed-report.ts';
import { importPart } from './import-report.ts';
import type { Parts } from './markdown-sections.ts';

/** The parts of docs/performance.md that runs of their own have measured, and the client as it is. @param root of the repository, with a slash */
export async function runsApart(root: string): Promise<Parts> {
  function measured<Results>(name: string, partOf: (results: Results) => string): string {
    const file = `${root}bench/${name}.json`;
    return existsSync(file) ? partOf(JSON.parse(readFileSync(file, 'utf8'))) : 'Not measured yet.';
  }
  return {
    feed: measured('feed', feedPart),
    import: measured('import', importPart),
    'client-size': clientSizePart(await measureClientSizes()),
  };
}
