/**
 * Vitest loads a global set-up once per project, so the projects of a run share no module state. What a run needs once is
 * kept on the global object.
 */
export function oncePerRun<Result>(name: string, make: () => Result): Result {
  const key = Symbol.for(`private-lending.${name}`);
  const shared: { [key: symbol]: Result } = Object(globalThis);
  shared[key] ??= make();
  return shared[key];
}
