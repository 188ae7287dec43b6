import type { ApiResponse } from './parse-response.ts';

/** A promise of an answer's body, which can also tell what stood around it. */
export interface ApiPromise<T> extends Promise<T> {
  withResponse(): Promise<ApiResponse<T>>;
}

export function toApiPromise<T>(answered: Promise<ApiResponse<T>>): ApiPromise<T> {
  const data = answered.then((answer) => answer.data);
  return Object.assign(data, {
    withResponse(): Promise<ApiResponse<T>> {
      data.catch(() => {}); // who asks for all of it is told of a failure there
      return answered.then((answer) => answer);
    },
  });
}
