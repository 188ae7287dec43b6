import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits for a random time before a retry, so that those who failed together don't retry together.
 * @param random from 0 up to 1
 */
export async function waitWithFullJitter(random: () => number, maxMs: number): Promise<void> {
  await sleep(random() * maxMs);
}
