import { describe, expect, it } from 'vitest';
import { readUserEnvironment } from './user-environment.ts';

describe('readUserEnvironment', () => {
  it.each<[string, NodeJS.Platform, Record<string, string>, string | undefined]>([
    ['XDG_CONFIG_HOME', 'linux', { XDG_CONFIG_HOME: '/xdg', HOME: '/home/ana' }, '/xdg/private-lending'],
    ['.config of the home', 'linux', { HOME: '/home/ana' }, '/home/ana/.config/private-lending'],
    [
      '.config of the home for a relative XDG_CONFIG_HOME',
      'linux',
      { XDG_CONFIG_HOME: 'x', HOME: '/h' },
      '/h/.config/private-lending',
    ],
    ['.config of the home', 'darwin', { HOME: '/Users/ana' }, '/Users/ana/.config/private-lending'],
    ['APPDATA', 'win32', { APPDATA: '/appdata', HOME: '/home/ana' }, '/appdata/private-lending'],
    ['nothing without a home', 'linux', {}, undefined],
    ['nothing without APPDATA', 'win32', { HOME: '/home/ana' }, undefined],
  ])('keeps settings in %s on %s', (_, platform, environment, folder) => {
    expect(readUserEnvironment(platform, environment).configFolder).toBe(folder);
  });

  it.each<[NodeJS.Platform, Record<string, string>, boolean]>([
    ['linux', {}, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['darwin', {}, true],
    ['win32', {}, true],
  ])('finds a desktop on %s with %j: %s', (platform, environment, expected) => {
    expect(readUserEnvironment(platform, environment).hasDesktop).toBe(expected);
  });
});
