import { readFileSync, writeFileSync } from 'node:fs';
import { formatNumber } from '../report/chart.ts';
import { fillSections } from '../report/markdown-sections.ts';
import type { BenchContext } from '../report/separate-reports.ts';
import { consoleSizeSection, measureConsoleSize, overConsoleSize } from './size.ts';
import { type ConsoleSpeed, measureConsoleSpeed } from './speed.ts';

const PAGE = 'docs/console.md';

/** Updates the figures in docs/console.md. @returns a line for each limit that is exceeded */
export async function benchConsole({ root, machine, log }: BenchContext): Promise<string[]> {
  const size = measureConsoleSize();
  const sections = { size: consoleSizeSection(size), speed: speedSection(await measureConsoleSpeed(), machine) };
  writeFileSync(root + PAGE, fillSections(readFileSync(root + PAGE, 'utf8'), sections));
  log(`updated ${PAGE}`);
  return overConsoleSize(size);
}

function speedSection({ firstPaintMs, interactiveMs, transferBytes }: ConsoleSpeed, machine: string): string {
  const seconds = (milliseconds: number) => `${formatNumber(milliseconds / 1000)} s`;
  return `The sign-in page, first visit, median of 5 loads on a machine with ${machine}, the processor slowed down 4 times, over
1.6 Mbit/s with 150 ms of latency (slow 4G):

| | |
| --- | --- |
| first text | ${seconds(firstPaintMs)} |
| interactive: the field takes input, no task over 50 ms | ${seconds(interactiveMs)} |
| transferred | ${formatNumber(transferBytes / 1000)} kB |`;
}
