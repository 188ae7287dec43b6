/*
 * Runs a function as AWS's own runtime does: `lambda-host.ts FILE`. Events come in and results go out between the processes,
 * so that standard output is the function's alone.
 */

interface Invocation {
  readonly event: unknown;
  readonly context: unknown;
}

const [file = ''] = process.argv.slice(2);
const started = performance.now();
const { handler } = await import(file);
const loadedMs = performance.now() - started;

process.on('message', async ({ event, context }: Invocation) => {
  const result: unknown = await handler(event, context).catch((fault: unknown) => ({ fell: String(fault) }));
  process.send?.(result);
});
process.send?.(loadedMs);
