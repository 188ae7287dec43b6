import { describe, expect, it } from 'vitest';
import { leavesOf } from '../testing/process/cli-commands.ts';
import { EXIT_CODES_HELP } from './exit-codes.ts';
import { UsageError } from './lending-command.ts';
import { createProgram } from './program.ts';

/** The commands of the public contract. */
const CONTRACT = ['serve', 'init', 'token', 'loan create', 'lenders add', 'lenders import', 'invitations', 'accept', 'decline'];
const OTHERS = [
  'watch',
  'login',
  'logout',
  'backup',
  'copy',
  'keys list',
  'keys rotate',
  'keys retire',
  'imports list',
  'imports resume',
  'risk list',
  'risk show',
  'risk release',
  'risk reject',
  'completion',
  'version',
  'help',
];

const leaves = leavesOf(createProgram('npx lending'));

/** The error of a command that is only parsed. */
async function usageErrorOf(...args: string[]): Promise<UsageError> {
  const error: unknown = await createProgram('npx lending')
    .parseAsync(args, { from: 'user' })
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof UsageError)) throw new Error(`no usage error: ${String(error)}`, { cause: error });
  return error;
}

describe('the commands of lending', () => {
  it('are those of the contract and a few more', () => {
    expect(leaves.map(({ words }) => words.join(' '))).toEqual([...CONTRACT, ...OTHERS]);
  });

  it.each(leaves.map(({ words, command }) => [words.join(' '), command] as const))(
    'have --json, an example as typed, and the exit codes in their help: %s',
    (name, command) => {
      const help = command.helpInformation();
      expect(help).toMatch(/^ {2}--json /m);
      expect(help).toContain(`Usage: lending ${name} `);
      expect(help).toContain(`\nExamples:\n  npx lending ${name}`);
      expect(help).toContain(EXIT_CODES_HELP);
    },
  );

  it('take a loan as an argument and as --loan wherever one is named', () => {
    const withLoan = leaves
      .filter(({ command }) => command.helpInformation().includes('[loan]'))
      .map(({ words }) => words.join(' '));
    expect(withLoan).toEqual(['lenders add', 'lenders import', 'invitations', 'accept', 'decline', 'watch']);
    for (const { words, command } of leaves)
      if (withLoan.includes(words.join(' '))) expect(command.helpInformation()).toContain('--loan <loan>');
  });

  it.each([
    ['lenders', 'add', 'L1', '--loan', 'L2', 'ana@example.com=5'],
    ['lenders', 'import', 'lenders.csv', 'L1', '--loan', 'L2'],
    ['invitations', 'L1', '--loan', 'L2'],
    ['accept', 'L1', '--loan', 'L2'],
    ['decline', 'L1', '--loan', 'L2'],
    ['watch', 'L1', '--loan', 'L2'],
  ])('reject two different loans: %s %s', async (...args) => {
    expect((await usageErrorOf(...args)).message).toBe('two loans are given: L1, and L2 with --loan.');
  });

  it.each([['lenders', 'add', 'ana@example.com=5'], ['lenders', 'import', 'lenders.csv'], ['accept'], ['decline'], ['watch']])(
    'name a missing loan: %s %s',
    async (...args) => {
      expect((await usageErrorOf(...args)).message).toBe('the loan’s id is missing: give it as an argument, or with --loan.');
      expect((await usageErrorOf(...args, '--loan', '')).message).toBe('the loan’s id is empty.');
    },
  );

  it.each([
    [['lenders', 'add', 'L1'], 'no lender is given. Write each lender as EMAIL=AMOUNT, such as ana@example.com=5000.'],
    [['lenders', 'add', '--loan', 'L1', 'ana@example.com'], /^'ana@example\.com' is no lender\. Write each lender/],
    [['import', 'lenders.csv'], "unknown command 'import'\n(Did you mean npx lending lenders import or imports?)"],
    [['lenders', 'imprt'], "unknown command 'imprt'\n(Did you mean import?)"],
    [['invitation'], "unknown command 'invitation'\n(Did you mean invitations?)"],
    [['help', 'lenders', 'ad'], "unknown command 'ad'\n(Did you mean add?)"],
    [['accept', 'L1', '--jsn'], "unknown option '--jsn'\n(Did you mean --json?)"],
    [['completion', 'csh'], /Allowed choices are bash, zsh, fish\.$/],
  ])('advise on what was typed: %j', async (args, message) => {
    const error = await usageErrorOf(...args);
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    expect(error.command?.typed).toMatch(/^npx lending/);
  });
});
