import type { CommandEntry, ValueHint } from './table.ts';

/*
 * Completion scripts, complete in themselves: a shell starts no program for a completion. Each finds the command among
 * the words typed, as the path in the table, and then what may follow it.
 */

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, commands: readonly CommandEntry[]): string {
  return { bash, zsh, fish }[shell](commands);
}

function bash(commands: readonly CommandEntry[]): string {
  return `# Completion of lending for bash. In ~/.bashrc: eval "$(lending completion bash)"
_lending() {
  local at='' word words='' current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" IFS=$' \\t\\n'
  # Readline makes words of "--mode=per_row" at the sign.
  if [ "$current" = '=' ]; then current=''
  elif [ "$previous" = '=' ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${pathPattern(commands)}) at="$at $word" ;;
    esac
  done
  case "$at $previous" in
${valueCases(commands, bashAction)}
  *)
    case "$at" in
${wordCases(commands, bashAction)}
    esac ;;
  esac
  COMPREPLY=()
  case "$words" in
    '<file>'*)
      words="\${words#'<file>'}"
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current") ;;
  esac
  COMPREPLY+=($(compgen -W "$words" -- "$current"))
}
complete -F _lending lending
`;
}

function bashAction(words: readonly string[], isFile: boolean): string {
  return `words='${isFile ? '<file> ' : ''}${words.join(' ')}'`;
}

function zsh(commands: readonly CommandEntry[]): string {
  return `#compdef lending
# Completion of lending for zsh. In ~/.zshrc, after compinit: eval "$(lending completion zsh)"
_lending() {
  local at='' word previous="\${words[CURRENT-1]}"
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      (${pathPattern(commands)}) at="$at $word" ;;
    esac
  done
  case "$at $previous" in
${valueCases(commands, zshAction)}
  *)
    case "$at" in
${wordCases(commands, zshAction)}
    esac ;;
  esac
}
if [ "\${funcstack[1]}" = _lending ]; then _lending "$@"; else compdef _lending lending; fi
`;
}

function zshAction(words: readonly string[], isFile: boolean): string {
  const actions = [...(isFile ? ['_files'] : []), ...(words.length > 0 ? [`compadd -- ${words.join(' ')}`] : [])];
  return actions.join('; ') || ':';
}

/** A pattern of all commands' paths. */
function pathPattern(commands: readonly CommandEntry[]): string {
  return commands.flatMap(({ path }) => (path === '' ? [] : [quote(path)])).join('|');
}

type Action = (words: readonly string[], isFile: boolean) => string;

/** What follows an option that takes a value. */
function valueCases(commands: readonly CommandEntry[], action: Action): string {
  const cases = commands.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }) =>
      value === undefined ? [] : [{ patterns: flags.map((flag) => quote(`${path} ${flag}`)), hint: value }],
    ),
  );
  return cases.map(({ patterns, hint }) => `  ${patterns.join('|')}) ${action(hint.choices, hint.isFile)} ;;`).join('\n');
}

/** What follows a command. */
function wordCases(commands: readonly CommandEntry[], action: Action): string {
  return commands
    .map(({ path, subcommands, options, argument }) => {
      const words = [...subcommands.map(({ name }) => name), ...argument.choices, ...options.flatMap(({ flags }) => flags)];
      return `    ${quote(path)}) ${action(words, argument.isFile)} ;;`;
    })
    .join('\n');
}

function fish(commands: readonly CommandEntry[]): string {
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : [quote(path)]));
  return `# Completion of lending for fish. Once: lending completion fish > ~/.config/fish/completions/lending.fish
function __lending_at
  set -l at ''
  set -l typed (commandline -opc)
  for word in $typed[2..-1]
    switch "$at $word"
      case ${paths.join(' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
complete -c lending -f
${commands.flatMap(fishLines).join('\n')}
`;
}

function fishLines({ path, subcommands, options, argument }: CommandEntry): string[] {
  const start = `complete -c lending -n ${quote(`__lending_at "${path}"`)}`;
  return [
    ...subcommands.map(({ name, description }) => `${start} -a ${name} -d ${quote(description)}`),
    ...fishValue(argument, false).map((value) => `${start} ${value}`),
    ...options.map(({ flags, description, value }) => {
      const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      return [start, ...names, ...(value ? ['-r', ...fishValue(value, true)] : []), '-d', quote(description)].join(' ');
    }),
  ];
}

/** @param isOption an option without choices takes any value */
function fishValue({ isFile, choices }: ValueHint, isOption: boolean): string[] {
  if (isFile) return ['-F'];
  const values = choices.length > 0 ? [`-a ${quote(choices.join(' '))}`] : [];
  return isOption ? ['-f', ...values] : values;
}

/** For all three shells: the texts have neither quotes nor backslashes. */
function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '')}'`;
}
