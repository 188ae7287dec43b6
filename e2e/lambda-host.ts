/*
 * Runs a function as AWS's own runtime does: `lambda-host.ts FILE`. Events come in and results go out between the processes,
 * so that standard output is the function's alone.
 */

interface Invocation {
  readonly event: unknown;
  readonly context: { readonly leftMs?: number };
}

/** As long as a function of ours may take that nobody waits for. */
const LEFT_MS = 300_000;

const [file = ''] = process.argv.slice(2);
const started = performance.now();
const { handler } = await import(file);
const loadedMs = performance.now() - started;

process.on('message', async ({ event, context }: Invocation) => {
  const invocation = { ...context, getRemainingTimeInMillis: () => context.leftMs ?? LEFT_MS };
  const result: unknown = await handler(event, invocation).catch((fault: unknown) => ({ fell: String(fault) }));
  process.send?.(result ?? null);
});
process.send?.(loadedMs);
