import type { ApiResponse } from './parse-response.ts';

/** Promise of a response's body. */
export interface ApiPromise<T> extends Promise<T> {
  /**
   * The body together with the status, the request id and so on.
   * @example
   * const { data, requestId, attempts } = await lending.readLoan(loanId).withResponse();
   */
  withResponse(): Promise<ApiResponse<T>>;
}

export function toApiPromise<T>(response: Promise<ApiResponse<T>>): ApiPromise<T> {
  const data = response.then((resolved) => resolved.data);
  return Object.assign(data, {
    withResponse(): Promise<ApiResponse<T>> {
      data.catch(() => {}); // the caller handles the error of the returned promise instead
      return response.then((resolved) => resolved);
    },
  });
}
