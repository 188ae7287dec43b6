import * as z from 'zod';

/** A setting that is a whole number. @param fallback undefined: it may be left out */
export function wholeNumber(from: number, to: number, fallback: number) {
  return optionalWholeNumber(from, to).prefault(String(fallback));
}

export function optionalWholeNumber(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { error, abort: true })
    .transform(Number)
    .pipe(z.number().min(from, { error }).max(to, { error }));
}
