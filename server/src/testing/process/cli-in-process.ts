import { vi } from 'vitest';
import { runCommand } from '../../cli/program.ts';
import type { CliResult } from './cli-process.ts';

/**
 * Runs a `lending` command in this process, which takes a tenth of the time that starting one does. One at a time: its folder,
 * settings, output and exit code are those of the process. For what only a process of the built program shows, use openWorkplace.
 */
export async function runInProcess(
  folder: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  // biome-ignore lint/style/noProcessEnv: the settings of the command
  const before = { folder: process.cwd(), settings: process.env, exitCode: process.exitCode };
  const outputs = { stdout: capture(process.stdout), stderr: capture(process.stderr) };
  process.chdir(folder);
  process.env = { ...settings };
  process.exitCode = 0;
  try {
    await runCommand(args);
    return { code: Number(process.exitCode), stdout: outputs.stdout.text(), stderr: outputs.stderr.text() };
  } finally {
    outputs.stdout.restore();
    outputs.stderr.restore();
    process.chdir(before.folder);
    process.env = before.settings;
    process.exitCode = before.exitCode;
  }
}

function capture(stream: NodeJS.WriteStream) {
  const chunks: string[] = [];
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => chunks.push(String(chunk)) > 0);
  return { text: () => chunks.join(''), restore: () => spy.mockRestore() };
}
