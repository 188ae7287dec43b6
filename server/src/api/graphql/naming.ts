/* `loan_id` in JSON is `loanId` in GraphQL. */

export function toCamel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function toSnake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Arguments as the members of a JSON body, renamed at every depth. */
export function membersOf(args: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [toSnake(name), memberOf(value)]));
}

function memberOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(memberOf);
  return typeof value === 'object' && value !== null ? membersOf(value) : value;
}
