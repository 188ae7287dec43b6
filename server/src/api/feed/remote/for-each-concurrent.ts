/**
 * Handles items concurrently, up to a count at once. An item that is slow or fails does not delay the others.
 * @throws the first error, once all are handled
 */
export async function forEachConcurrent<Item>(
  count: number,
  items: AsyncIterable<Item>,
  handle: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  const errors: unknown[] = [];
  const collect = (error: unknown): void => void errors.push(error);
  async function work(): Promise<void> {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return;
      await handle(value).catch(collect);
    }
  }
  await Promise.all(Array.from({ length: count }, () => work().catch(collect)));
  if (errors.length > 0) throw errors[0];
}
