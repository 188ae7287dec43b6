import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { clientSizeSection, measureClientSizes } from '../client-size.ts';
import { feedSection } from './feed-report.ts';
import { growthSection } from './growth-report.ts';
import { importSection } from './import-report.ts';
import { mailSection } from './mail-report.ts';
import { fillSections, type Sections } from './markdown-sections.ts';
import { peersSection } from './peers-report.ts';
import { starvationSection } from './starvation-report.ts';

const PAGE = 'docs/performance.md';

/** Where and for whom a benchmark runs. */
export interface BenchContext {
  /** Of the repository, with a slash. */
  readonly root: string;
  readonly machine: string;
  /** Version. */
  readonly node: string;
  readonly log: (line: string) => void;
}

/** The sections of docs/performance.md whose benchmarks run separately. */
export async function separateSections(root: string): Promise<Sections> {
  function render<Results>(name: string, section: (results: Results) => string): string {
    const file = `${root}bench/${name}.json`;
    return existsSync(file) ? section(JSON.parse(readFileSync(file, 'utf8'))) : 'Not measured yet.';
  }
  return {
    feed: render('feed', feedSection),
    growth: render('growth', growthSection),
    import: render('import', importSection),
    mail: render('mail', mailSection),
    peers: render('peers', peersSection),
    starvation: render('starvation', starvationSection),
    'client-size': clientSizeSection(await measureClientSizes()),
  };
}

/** Updates the separate sections of docs/performance.md. */
export async function updatePerformancePage({ root, log }: BenchContext): Promise<void> {
  writeFileSync(root + PAGE, fillSections(readFileSync(root + PAGE, 'utf8'), await separateSections(root)));
  log(`updated a section of ${PAGE}`);
}

/** Stores results as `bench/NAME.json`. */
export function saveResults({ root }: BenchContext, name: string, results: object): void {
  writeFileSync(`${root}bench/${name}.json`, `${JSON.stringify(results, null, 2)}\n`);
}
