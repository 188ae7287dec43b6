import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../program.ts';
import { completionScript, type Shell } from './scripts.ts';
import { listCommands } from './table.ts';

const commands = listCommands(createProgram('lending'));

/** Arguments of a shell that completes the words after the script, and prints the candidates. */
const COMPLETE: Readonly<Record<Shell, readonly string[]>> = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is shell code
  bash: ['--norc', '-c', 'eval "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lending; printf "%s\\n" "${COMPREPLY[@]}"'],
  zsh: [
    '-fc',
    'compdef() { :; }; compadd() { shift; print -l -- "$@" | grep -e "^$words[CURRENT]"; }; _files() { ls -d -- $words[CURRENT]*; }; eval "$0"; words=("$@"); CURRENT=$#; _lending',
  ],
  fish: [
    '--no-config',
    '-c',
    'echo $argv[1] | source; set -l line (string join -- " " $argv[2..-1]); complete -C "$line" | cut -f1',
  ],
};

function isInstalled(shell: Shell): boolean {
  return spawnSync(shell, ['-c', 'exit 7']).status === 7;
}

/** @param words the last one is being typed */
function complete(shell: Shell, ...words: string[]): string[] {
  const args = [...COMPLETE[shell], completionScript(shell, commands), 'lending', ...words];
  const printed = spawnSync(shell, args, { encoding: 'utf8', cwd: import.meta.dirname });
  expect(printed.stderr).toBe('');
  return printed.stdout.split('\n').filter((line) => line !== '');
}

/** Machines with git have bash, so its absence is a failure; under CI that of the others too. */
const SHELLS_HERE = (['bash', 'zsh', 'fish'] as const).map((shell) => {
  const isHere = shell === 'bash' || process.env['CI'] === 'true' || isInstalled(shell);
  return { shell, isHere, title: isHere ? shell : `${shell} (skipped: ${shell} is not installed)` };
});

describe.each(SHELLS_HERE)('completion for $title', ({ shell, isHere }) => {
  const test = it.skipIf(!isHere);

  test.each([
    [['lend'], ['lenders']],
    [['lenders', 'im'], ['import']],
    [['lenders', 'add', '--lo'], ['--loan']],
    [['accept', '01a2', '--js'], ['--json']],
    [['keys', 'rotate', '--retire'], ['--retire-old']],
    [
      ['lenders', 'import', '--mode', ''],
      ['all_or_nothing', 'per_row'],
    ],
    [['keys', 'list', '--purpose', 'l'], ['links']],
    [
      ['risk', 're'],
      ['reject', 'release'],
    ],
    [['risk', 'list', '--status', 'n'], ['noted']],
    [['completion', 'z'], ['zsh']],
    [['invitations', '--as', ''], []],
    [['backup', 'scripts.test'], ['scripts.test.ts']],
    [['lenders', 'import', 'file.csv', '--rows', 'tab'], ['table.ts']],
    [['help', 'wat'], ['watch']],
  ])('completes %j', (words, expected) => {
    expect(new Set(complete(shell, ...words))).toEqual(new Set(expected)); // shells order them in different ways
  });

  test('completes the names of all commands', () => {
    expect(complete(shell, '')).toEqual(expect.arrayContaining(['serve', 'loan', 'lenders', 'invitations', 'completion', 'help']));
  });
});

it('completion scripts name every command and every option', () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const script = completionScript(shell, commands);
    for (const { path, options } of commands) {
      expect(script).toContain(path);
      for (const { flags } of options) for (const flag of flags) expect(script).toContain(flag.replace(/^-+/, ''));
    }
  }
});
