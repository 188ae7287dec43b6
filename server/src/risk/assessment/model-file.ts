import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { isWithin } from '../../storage/is-within.ts';
import builtIn from '../model/model.json' with { type: 'json' };
import { parseModel, type RiskModel } from '../model/risk-model.ts';

/** The pause between two looks at the file. */
const CHECK_EVERY_MS = 10_000;

/** Gives the model for the next batch. */
export type ModelSource = () => Promise<RiskModel>;

export function builtInModel(): ModelSource {
  const model = parseModel(builtIn);
  return async () => model;
}

/** @throws Error with what is wrong with the file */
export function readModelFile(path: string): RiskModel {
  return parseModel(JSON.parse(readFileSync(path, 'utf8')));
}

/**
 * The model in a file, read again once the file has changed.
 * @param first the model to begin with
 * @param clock epoch milliseconds
 * @param onError gets what is wrong with a changed file, once; the last good model stays in use
 */
export function modelInFile(path: string, first: RiskModel, clock: () => number, onError: (error: unknown) => void): ModelSource {
  let model = first;
  let seen = ''; // the file may have changed since the first model was read
  let checkedAt = Number.NEGATIVE_INFINITY;

  async function check(): Promise<void> {
    const state = await stat(path).then(
      ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
      (error: unknown) => String(error),
    );
    if (state === seen) return;
    seen = state;
    try {
      model = parseModel(JSON.parse(await readFile(path, 'utf8')));
    } catch (error) {
      onError(error);
    }
  }

  return async () => {
    if (!isWithin(CHECK_EVERY_MS, checkedAt, clock())) {
      checkedAt = clock();
      await check();
    }
    return model;
  };
}
