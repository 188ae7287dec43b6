/* `loan_id` is the name in JSON of what is `loanId` in GraphQL. */

export function toCamel(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function toSnake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Arguments as the members of a body: renamed at every depth, and nothing added that was not sent. */
export function membersOf(sent: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(sent).map(([name, value]) => [toSnake(name), memberOf(value)]));
}

function memberOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(memberOf);
  return typeof value === 'object' && value !== null ? membersOf(value) : value;
}
