/**
 * Does some work for each item, so many at once. Who is slow, or fails, holds up nobody else.
 * @throws what went wrong first, once all are done
 */
export async function forEachConcurrent<Item>(
  count: number,
  items: AsyncIterable<Item>,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  const faults: unknown[] = [];
  async function goOn(): Promise<void> {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      await work(value).catch((fault: unknown) => void faults.push(fault));
    }
  }
  await Promise.all(Array.from({ length: count }, () => goOn().catch((fault: unknown) => void faults.push(fault))));
  if (faults.length > 0) throw faults[0];
}
