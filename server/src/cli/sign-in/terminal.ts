import { createInterface } from 'node:readline/promises';
import { UsageError } from '../lending-command.ts';

/** The user at the terminal. Standard output remains for the result. */
export interface Terminal {
  readonly isInteractive: boolean;
  print(...lines: string[]): void;
  /** @returns the line that the user types, trimmed @throws UsageError at the end of the input */
  ask(question: string): Promise<string>;
}

export function openTerminal(
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean } = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Terminal {
  return {
    isInteractive: input.isTTY === true,
    print: (...lines) => void output.write(`${lines.join('\n')}\n`),
    async ask(question) {
      const lines = createInterface({ input, output, terminal: input.isTTY === true });
      lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT')); // else Ctrl-C would only end the input
      try {
        const ended = new Promise<never>((_, reject) => {
          lines.once('close', () => reject(new UsageError('The sign-in was ended.')));
        });
        return (await Promise.race([lines.question(question), ended])).trim();
      } finally {
        lines.close();
      }
    },
  };
}
