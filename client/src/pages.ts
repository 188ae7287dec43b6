import type { ApiPromise } from './http/api-promise.ts';
import type { ApiResponse } from './http/parse-response.ts';

interface Page {
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
  #first: ApiPromise<P> | undefined;

  constructor(fetchPage: (cursor: string | undefined) => ApiPromise<P>, itemsOf: (page: P) => readonly Item[]) {
    this.#fetchPage = fetchPage;
    this.#itemsOf = itemsOf;
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

  /** Yields each page, from the first. */
  async *pages(): AsyncGenerator<P, void, undefined> {
    let page = await this.#firstPage();
    yield page;
    for (let cursor = page.next_cursor; cursor !== null; cursor = nextCursor(page, cursor)) {
      page = await this.#fetchPage(cursor);
      yield page;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* this.#itemsOf(page);
  }

  #firstPage(): ApiPromise<P> {
    this.#first ??= this.#fetchPage(undefined);
    return this.#first;
  }
}

function nextCursor({ next_cursor: next }: Page, cursor: string): string | null {
  if (next === cursor) throw new Error('Endless pagination: a page returned its own cursor as next_cursor.');
  return next;
}
