import { requireCount, requireObject } from './arguments.ts';
import { createApiError } from './errors.ts';
import type { ApiPromise } from './http/api-promise.ts';
import type { ApiResponse } from './http/parse-response.ts';

interface Page {
  /** Null at the end. That of a list that grows, as of events, is never null: at the end a page repeats the cursor sent. */
  readonly next_cursor: string | null;
}

export interface ToArrayOptions {
  /** Maximum number of items, above 0. */
  readonly limit: number;
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

  /**
   * Yields each page, from the first.
   * @throws ApiError as `UNEXPECTED_RESPONSE` where a page has items, and its own cursor as the next one
   * @example
   * for await (const { lenders } of lending.listLenders(loanId, { limit: 100 }).pages()) console.log(lenders.length);
   */
  async *pages(): AsyncGenerator<P, void, undefined> {
    let response = await this.withResponse();
    yield response.data;
    for (let cursor = this.#nextCursor(response, this.#after); cursor !== null; cursor = this.#nextCursor(response, cursor)) {
      response = await this.#fetchPage(cursor).withResponse();
      yield response.data;
    }
  }

  /**
   * Collects the items of all pages, up to `limit` of them. It fetches no page beyond that.
   * @throws RangeError without a limit: a list may have 100,000 items
   * @example
   * const lenders = await lending.listLenders(loanId).toArray({ limit: 1000 });
   */
  async toArray(options: ToArrayOptions): Promise<Item[]> {
    requireObject('options', options);
    const { limit } = options;
    requireCount('limit', limit);
    const items: Item[] = [];
    for await (const item of this) if (items.push(item) === limit) break;
    return items;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for await (const page of this.pages()) yield* this.#itemsOf(page);
  }

  #firstPage(): ApiPromise<P> {
    this.#first ??= this.#fetchPage(this.#after);
    return this.#first;
  }

  /** A page without items is the last one only if it repeats the cursor that it follows: a filtered page may be empty. */
  #nextCursor({ data, ...response }: ApiResponse<P>, cursor: string | undefined): string | null {
    if (data.next_cursor !== cursor) return data.next_cursor;
    if (this.#itemsOf(data).length === 0) return null;
    const message = 'Endless pagination: a page returned its own cursor as next_cursor.';
    throw createApiError(message, { ...response, code: 'UNEXPECTED_RESPONSE', retryable: false, details: [], body: data });
  }
}
