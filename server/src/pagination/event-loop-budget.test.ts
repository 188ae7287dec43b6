import { setImmediate as nextIteration } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EventLoopBudget, UNITS_PER_ITERATION } from './event-loop-budget.ts';

/** Runs tasks, each in steps of so many units. @returns the tasks in the order of their steps, by iteration of the event loop */
async function iterationsOf(tasks: readonly { readonly name: string; readonly steps: number; readonly units: number }[]) {
  const budget = new EventLoopBudget();
  const iterations: string[][] = [[]];
  let running = tasks.length;
  let iteration = nextIteration(); // registered before the budget's own, so that it ends an iteration before the next refill
  for (const { name, steps, units } of tasks) {
    void (async () => {
      for (let step = 0; step < steps; step += 1) {
        await budget.spend(units);
        iterations.at(-1)?.push(name);
      }
      running -= 1;
    })();
  }
  while (running > 0) {
    await iteration;
    iteration = nextIteration();
    iterations.push([]);
  }
  return iterations.filter((steps) => steps.length > 0);
}

describe('EventLoopBudget', () => {
  it.each([1, 10, 1000])('lets %i tasks do a bounded amount of work in an iteration of the event loop', async (count) => {
    const tasks = Array.from({ length: count }, (_, index) => ({ name: `${index}`, steps: 5000 / count, units: 1 }));
    const iterations = await iterationsOf(tasks);
    expect(Math.max(...iterations.map(({ length }) => length))).toBeLessThanOrEqual(UNITS_PER_ITERATION);
    expect(iterations.flat()).toHaveLength(5000);
  });

  it('serves waiting tasks in the order in which they came', async () => {
    const iterations = await iterationsOf(['a', 'b', 'c'].map((name) => ({ name, steps: 200, units: 1 })));
    const counts = iterations
      .slice(1, -1)
      .map((steps) => ['a', 'b', 'c'].map((name) => steps.filter((step) => step === name).length));
    for (const each of counts) expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
  });

  it('gives an iteration to one step that takes more than the budget', async () => {
    const units = UNITS_PER_ITERATION * 10;
    const iterations = await iterationsOf(['a', 'b'].map((name) => ({ name, steps: 2, units })));
    expect(iterations).toEqual([['a'], ['b'], ['a'], ['b']]);
  });

  it('lets a task continue at once while the budget of the iteration lasts', async () => {
    const budget = new EventLoopBudget();
    let iterations = 0;
    setImmediate(() => {
      iterations += 1;
    });
    for (let step = 0; step < UNITS_PER_ITERATION; step += 1) await budget.spend(1);
    expect(iterations).toBe(0);
    await budget.spend(1);
    expect(iterations).toBe(1);
  });
});
