import { describe, expect, it } from 'vitest';
import { routes, useCaseAt } from './routes.ts';

describe('useCaseAt', () => {
  it.each(routes)('finds the use case of $method $path', ({ method, path, useCase }) => {
    expect(useCaseAt(method, path.replaceAll(/\{\w+\}/g, 'x'))?.endpoint).toBe(useCase.endpoint);
  });

  it.each([
    ['PUT', '/loans'],
    ['GET', '/loans/'],
    ['GET', '/loans/x/lenders/y/z'],
    ['GET', '/health/live'],
    ['GET', '/'],
  ])('returns undefined for %s %s', (method, path) => {
    expect(useCaseAt(method, path)?.endpoint).toBeUndefined();
  });
});
