/*
 * Runs the handler of `lambda-host.ts FILE` as the runtime of AWS does. Events and results are messages between the
 * processes, so that only the function writes to standard output.
 */

interface Invocation {
  readonly event: unknown;
  readonly context: { readonly leftMs?: number };
}

/** The longest timeout of our functions. */
const LEFT_MS = 300_000;

const [file = ''] = process.argv.slice(2);
const start = performance.now();
const { handler } = await import(file);
const loadedMs = performance.now() - start;

process.on('message', async ({ event, context }: Invocation) => {
  const invocation = { ...context, getRemainingTimeInMillis: () => context.leftMs ?? LEFT_MS };
  const result: unknown = await handler(event, invocation).catch((error: unknown) => ({ error: String(error) }));
  process.send?.(result ?? null);
});
process.send?.(loadedMs);
