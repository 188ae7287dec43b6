import { describe, expect, it } from 'vitest';
import { nextShownAmount, type ShownAmount, seenAmount } from './seen-amount.ts';

const NOW = 1_800_000_000_000;

/** Shows amounts one after the other, each at a time after the first. */
function show(...steps: readonly (readonly [amount: number, afterMs: number, round?: string])[]): ShownAmount {
  let shown: ShownAmount | undefined;
  for (const [amount, after, invited_at = 'first round'] of steps)
    shown = nextShownAmount(shown, { contribution_amount: amount, invited_at }, NOW + after);
  if (!shown) throw new Error('nothing is shown');
  return shown;
}

describe('seenAmount', () => {
  it('is the first amount at once, and a changed one only after a second', () => {
    expect(seenAmount(show([500, 0]), NOW)).toBe(500);
    const changed = show([500, 0], [700, 5000]);
    expect([5000, 5999, 6000].map((after) => seenAmount(changed, NOW + after))).toEqual([500, 500, 700]);
  });

  it('passes over an amount that was shown for a moment', () => {
    const changed = show([500, 0], [700, 5000], [900, 5500]);
    expect(changed).toMatchObject({ amount: 900, before: 500 });
    expect(seenAmount(changed, NOW + 6000)).toBe(500);
    expect(show([500, 0], [700, 5000], [500, 5500])).toMatchObject({ amount: 500, before: 500 });
  });

  it('has nothing before the amount of a new round', () => {
    const again = show([500, 0], [700, 5000, 'second round']);
    expect(again.before).toBeUndefined();
    expect(seenAmount(again, NOW + 5000)).toBe(700);
  });
});

describe('nextShownAmount', () => {
  it('is the same object while the amount is the same', () => {
    const shown = show([500, 0]);
    expect(nextShownAmount(shown, { contribution_amount: 500, invited_at: 'first round' }, NOW + 9)).toBe(shown);
  });
});
