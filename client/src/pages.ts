import type { ApiPromise } from './http/api-promise.ts';
import type { ApiResponse } from './http/parse-response.ts';

interface Page {
  readonly next_cursor: string | null;
}

/**
 * A list: awaited, its first page; iterated, all that is on all of its pages, read as they are needed. Nothing is asked before
 * one of the two.
 */
export class Pages<P extends Page, Item> implements PromiseLike<P>, AsyncIterable<Item> {
  readonly #read: (cursor: string | undefined) => ApiPromise<P>;
  readonly #itemsOf: (page: P) => readonly Item[];
  #first: ApiPromise<P> | undefined;

  constructor(read: (cursor: string | undefined) => ApiPromise<P>, itemsOf: (page: P) => readonly Item[]) {
    this.#read = read;
    this.#itemsOf = itemsOf;
  }

  // biome-ignore lint/suspicious/noThenProperty: to be awaited is what it is for
  then<A = P, B = never>(
    fulfilled?: ((page: P) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ) {
    return this.#firstPage().then(fulfilled, rejected);
  }

  withResponse(): Promise<ApiResponse<P>> {
    return this.#firstPage().withResponse();
  }

  /** Each page, from the first. */
  async *pages(): AsyncGenerator<P, void, undefined> {
    let page = await this.#firstPage();
    yield page;
    for (let cursor = page.next_cursor; cursor !== null; cursor = nextOf(page, cursor)) {
      page = await this.#read(cursor);
      yield page;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* this.#itemsOf(page);
  }

  #firstPage(): ApiPromise<P> {
    this.#first ??= this.#read(undefined);
    return this.#first;
  }
}

/** A page that leads to itself would never end. */
function nextOf({ next_cursor: next }: Page, cursor: string): string | null {
  if (next === cursor) throw new Error('The list goes round in a circle: a page names its own cursor as the next.');
  return next;
}
