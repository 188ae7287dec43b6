import { describe, expect, it } from 'vitest';
import { commandPrefix } from './invocation.ts';

const UNSET = { script: undefined, npmCommand: undefined, searchPath: '/usr/bin:/usr/local/bin' };

describe('commandPrefix', () => {
  it.each([
    ['npx', { script: '/w/node_modules/.bin/lending', npmCommand: 'exec' }, 'npx lending'],
    ['an unknown script', {}, 'npx lending'],
    ['a link in PATH', { script: '/usr/local/bin/lending' }, 'lending'],
    ['a link elsewhere', { script: '/w/node_modules/.bin/lending' }, 'node_modules/.bin/lending'],
    ['Node', { script: '/w/server/bin/lending.mjs' }, 'node server/bin/lending.mjs'],
    ['Node, from far away', { script: '/x/lending.mjs' }, 'node /x/lending.mjs'],
    ['a path with spaces', { script: '/w/my repo/lending.mjs' }, 'node "my repo/lending.mjs"'],
  ])('is what the user typed: %s', (_, invocation, prefix) => {
    expect(commandPrefix({ ...UNSET, ...invocation }, '/w')).toBe(prefix);
  });
});
