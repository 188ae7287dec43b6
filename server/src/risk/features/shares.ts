/** A count among n, shrunk towards 0 for small n. */
export function share(count: number, n: number): number {
  return count / (n + 2);
}

/** The largest group of equal keys among n, shrunk: 0 where no two are equal. @param keys without those that can't form a group */
export function cluster(keys: Iterable<string>, n: number): number {
  return clusterOf(largest(countsOf(keys).values()), n);
}

export function clusterOf(size: number, n: number): number {
  return size < 2 ? 0 : (size - 1) / (n + 4);
}

export function countsOf(keys: Iterable<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Shannon entropy, in bits. */
export function entropyOf(counts: Iterable<number>): number {
  const all = [...counts];
  const total = all.reduce((sum, count) => sum + count, 0);
  return all.reduce((sum, count) => sum - (count / total) * Math.log2(count / total), 0);
}

function largest(counts: Iterable<number>): number {
  let most = 0;
  for (const count of counts) most = Math.max(most, count);
  return most;
}
