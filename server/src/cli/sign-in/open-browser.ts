import { spawn } from 'node:child_process';
import type { UserEnvironment } from '../../config/user-environment.ts';

/** The commands of each platform that take a URL as one argument, without a shell. */
const COMMANDS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** Opens a page in the user's browser, where there is one. The URL is printed too, so an error does not matter. */
export function openBrowser(url: URL, { hasDesktop, platform }: Pick<UserEnvironment, 'hasDesktop' | 'platform'>): void {
  if (!hasDesktop) return;
  const [command, ...args] = COMMANDS[platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, url.href], { detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
}
