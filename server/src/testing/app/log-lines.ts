import type { TestApp } from './test-app.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a test expects of a line is what it checks
export type LogLine = Readonly<Record<string, any>>;

export function linesOf({ logged }: Pick<TestApp, 'logged'>): LogLine[] {
  return logged.map((line) => JSON.parse(line));
}

export function lastLine(testApp: Pick<TestApp, 'logged'>): LogLine {
  const line = linesOf(testApp).at(-1);
  if (!line) throw new Error('the log is empty');
  return line;
}
