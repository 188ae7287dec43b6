import { describe, expect, it } from 'vitest';
import { KeyedLimit } from './keyed-limit.ts';

describe('KeyedLimit', () => {
  it('is full for a key that holds the maximum, and not for others', () => {
    const limit = new KeyedLimit<string>(2);
    limit.take('ana');
    expect(limit.isFull('ana')).toBe(false);
    const release = limit.take('ana');
    expect([limit.isFull('ana'), limit.isFull('ben')]).toEqual([true, false]);
    release();
    expect(limit.isFull('ana')).toBe(false);
  });

  it('gives back each place once', () => {
    const limit = new KeyedLimit<string>(2);
    const release = limit.take('ana');
    limit.take('ana');
    release();
    release();
    expect(limit.held('ana')).toBe(1);
  });

  it('forgets a key that holds nothing', () => {
    const limit = new KeyedLimit<string>(1);
    limit.take('ana')();
    expect(limit.held('ana')).toBe(0);
    limit.take('ana');
    expect(limit.isFull('ana')).toBe(true);
  });
});
