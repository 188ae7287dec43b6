import type { ApiPromise } from './http/api-promise.ts';
import type { ApiResponse } from './http/parse-response.ts';

interface Page {
  /** Null at the end. That of a list that grows, as of events, is never null: at the end a page repeats the cursor sent. */
  readonly next_cursor: string | null;
}

/**
 * A paginated list. Awaited, it is the first page; iterated, it yields the items of all pages and fetches each page
 * when it is needed. Creating it sends nothing.
 * @example
 * for await (const { email, status } of lending.listLenders(loanId)) console.log(email, status);
 */
export class Pages<P extends Page, Item> implements PromiseLike<P>, AsyncIterable<Item> {
  readonly #fetchPage: (cursor: string | undefined) => ApiPromise<P>;
  readonly #itemsOf: (page: P) => readonly Item[];
  readonly #after: string | undefined;
  #first: ApiPromise<P> | undefined;

  /** @param after the cursor that the first page follows */
  constructor(fetchPage: (cursor: string | undefined) => ApiPromise<P>, itemsOf: (page: P) => readonly Item[], after?: string) {
    this.#fetchPage = fetchPage;
    this.#itemsOf = itemsOf;
    this.#after = after;
  }

  // biome-ignore lint/suspicious/noThenProperty: lists are awaitable by design
  then<A = P, B = never>(
    fulfilled?: ((page: P) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ) {
    return this.#firstPage().then(fulfilled, rejected);
  }

  /** The first page with its status, request id and so on. */
  withResponse(): Promise<ApiResponse<P>> {
    return this.#firstPage().withResponse();
  }

  /** Yields each page, from the first. @throws Error where a page has items, and its own cursor as the next one */
  async *pages(): AsyncGenerator<P, void, undefined> {
    let page = await this.#firstPage();
    yield page;
    for (let cursor = this.#nextCursor(page, this.#after); cursor !== null; cursor = this.#nextCursor(page, cursor)) {
      page = await this.#fetchPage(cursor);
      yield page;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* this.#itemsOf(page);
  }

  #firstPage(): ApiPromise<P> {
    this.#first ??= this.#fetchPage(this.#after);
    return this.#first;
  }

  /** A page without items is the last one only if it repeats the cursor that it follows: a filtered page may be empty. */
  #nextCursor(page: P, cursor: string | undefined): string | null {
    if (page.next_cursor !== cursor) return page.next_cursor;
    if (this.#itemsOf(page).length === 0) return null;
    throw new Error('Endless pagination: a page returned its own cursor as next_cursor.');
  }
}
