import type { Random } from '../data/random.ts';
import { at } from './matrix.ts';

/** Liu, Ting and Zhou, Isolation Forest, 2008: how soon random splits isolate a row. It learns no labels. */
export interface IsolationForest {
  readonly trees: readonly Tree[];
  readonly sampleSize: number;
}

type Tree =
  | { readonly size: number }
  | { readonly column: number; readonly limit: number; readonly below: Tree; readonly above: Tree };

export interface IsolationOptions {
  readonly trees: number;
  /** Rows in each tree. */
  readonly sampleSize: number;
}

const EULER_MASCHERONI = 0.5772156649015329;

export function fitIsolationForest(rows: readonly Float64Array[], options: IsolationOptions, random: Random): IsolationForest {
  const sampleSize = Math.min(options.sampleSize, rows.length);
  const depthMax = Math.ceil(Math.log2(sampleSize));
  const trees = random.times(options.trees, (index) => {
    const own = random.fork(index);
    return grow(sampleOf(rows, sampleSize, own), depthMax, own);
  });
  return { trees, sampleSize };
}

/** From 0 to 1; about 0.5 for the usual, towards 1 for what is isolated at once. */
export function anomalyOf({ trees, sampleSize }: IsolationForest, row: Float64Array): number {
  const mean = trees.reduce((sum, tree) => sum + pathLength(tree, row), 0) / trees.length;
  return 2 ** (-mean / averagePathLength(sampleSize));
}

/** Mean length of an unsuccessful search in a binary search tree of n rows: c(n) of the paper. @internal exported for tests */
export function averagePathLength(n: number): number {
  if (n < 2) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + EULER_MASCHERONI) - (2 * (n - 1)) / n;
}

function pathLength(tree: Tree, row: Float64Array): number {
  let [node, depth] = [tree, 0];
  while ('column' in node) {
    node = at(row, node.column) < node.limit ? node.below : node.above;
    depth++;
  }
  return depth + averagePathLength(node.size);
}

function grow(rows: readonly Float64Array[], depth: number, random: Random): Tree {
  const columns = depth > 0 && rows.length > 1 ? variedColumns(rows) : [];
  if (columns.length === 0) return { size: rows.length };
  const { column, min, max } = random.pick(columns);
  const limit = random.between(min, max);
  return {
    column,
    limit,
    below: grow(
      rows.filter((row) => at(row, column) < limit),
      depth - 1,
      random,
    ),
    above: grow(
      rows.filter((row) => at(row, column) >= limit),
      depth - 1,
      random,
    ),
  };
}

function variedColumns(rows: readonly Float64Array[]) {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, column) => {
    const values = rows.map((row) => at(row, column));
    return { column, min: Math.min(...values), max: Math.max(...values) };
  }).filter(({ min, max }) => max > min);
}

function sampleOf(rows: readonly Float64Array[], size: number, random: Random): Float64Array[] {
  const pool = [...rows];
  for (let index = 0; index < size; index++) {
    const other = random.int(index, pool.length - 1);
    const [a, b] = [pool[index], pool[other]];
    if (a && b) [pool[index], pool[other]] = [b, a];
  }
  return pool.slice(0, size);
}
