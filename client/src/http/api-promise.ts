import type { Answered } from './parse-response.ts';

/** A promise of an answer's body, which can also tell what stood around it. */
export interface Call<T> extends Promise<T> {
  withResponse(): Promise<Answered<T>>;
}

export function callOf<T>(answered: Promise<Answered<T>>): Call<T> {
  const data = answered.then((answer) => answer.data);
  return Object.assign(data, {
    withResponse(): Promise<Answered<T>> {
      data.catch(() => {}); // who asks for all of it is told of a failure there
      return answered.then((answer) => answer);
    },
  });
}
