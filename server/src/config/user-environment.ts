import { isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

export interface UserEnvironment {
  /** Undefined where the user has no home, as some services. */
  readonly configFolder: string | undefined;
  /** Whether a browser can be shown. */
  readonly hasDesktop: boolean;
  readonly platform: NodeJS.Platform;
}

/** Where the user of the CLI keeps settings, by the XDG Base Directory Specification, and on Windows in APPDATA. */
export function readUserEnvironment(
  platform: NodeJS.Platform = process.platform,
  environment: Environment = process.env,
): UserEnvironment {
  const { APPDATA = '', DISPLAY = '', HOME = '', WAYLAND_DISPLAY = '', XDG_CONFIG_HOME = '' } = environment;
  const base = platform === 'win32' ? APPDATA : isAbsolute(XDG_CONFIG_HOME) ? XDG_CONFIG_HOME : HOME && join(HOME, '.config');
  return {
    configFolder: isAbsolute(base) ? join(base, 'private-lending') : undefined,
    hasDesktop: platform === 'win32' || platform === 'darwin' || DISPLAY + WAYLAND_DISPLAY !== '',
    platform,
  };
}
