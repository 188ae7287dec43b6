import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import builtIn from '../model/model.json' with { type: 'json' };
import { modelInFile, readModelFile } from './model-file.ts';

const modelText = (version: string) => JSON.stringify({ ...builtIn, version });

function openFile() {
  const folder = mkdtempSync(join(tmpdir(), 'model-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'model.json');
  writeFileSync(path, modelText('first'));
  const time = { now: 1_000_000 };
  const errors: unknown[] = [];
  const source = modelInFile(
    path,
    readModelFile(path),
    () => time.now,
    (error) => void errors.push(error),
  );
  return {
    errors,
    write: (text: string) => writeFileSync(path, text),
    remove: () => rmSync(path),
    /** The version in use after some time. */
    async versionAfter(ms: number): Promise<string> {
      time.now += ms;
      return (await source()).version;
    },
  };
}

describe('modelInFile', () => {
  it('takes a changed file, which it looks for every ten seconds at most', async () => {
    const file = openFile();
    expect(await file.versionAfter(0)).toBe('first');
    file.write(modelText('second'));
    expect(await file.versionAfter(9999)).toBe('first');
    expect(await file.versionAfter(1)).toBe('second');
    expect(file.errors).toEqual([]);
  });

  it('takes a file that has changed before the first batch', async () => {
    const file = openFile();
    file.write(modelText('second'));
    expect(await file.versionAfter(0)).toBe('second');
  });

  it('keeps the last model where the file is broken or gone, reports that once, and takes the repaired file', async () => {
    const file = openFile();
    await file.versionAfter(0);
    file.write('{"format": 1}');
    expect([await file.versionAfter(10_000), await file.versionAfter(10_000)]).toEqual(['first', 'first']);
    expect(file.errors).toHaveLength(1);
    file.remove();
    expect([await file.versionAfter(10_000), await file.versionAfter(10_000)]).toEqual(['first', 'first']);
    expect(file.errors).toHaveLength(2);
    file.write(modelText('third'));
    expect(await file.versionAfter(10_000)).toBe('third');
  });
});
