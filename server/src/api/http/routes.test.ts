import { describe, expect, it } from 'vitest';
import { routes, useCaseAt } from './routes.ts';

describe('the use case at a path', () => {
  it.each(routes)('is that of the route: $method $path', ({ method, path, useCase }) => {
    expect(useCaseAt(method, path.replaceAll(/\{\w+\}/g, 'x'))?.endpoint).toBe(useCase.endpoint);
  });

  it.each([
    ['PUT', '/loans'],
    ['GET', '/loans/'],
    ['GET', '/loans/x/lenders/y/z'],
    ['GET', '/health/live'],
    ['GET', '/'],
  ])('is none where there is no such route: %s %s', (method, path) => {
    expect(useCaseAt(method, path)?.endpoint).toBeUndefined();
  });
});
