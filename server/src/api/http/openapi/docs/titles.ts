/** Titles of operations and tags that can't be derived from their names. */
const TITLES: Readonly<Record<string, string>> = {
  docs: 'API reference',
  graphQl: 'GraphQL request',
  graphql: 'GraphQL',
  healthLive: 'Liveness',
  healthReady: 'Readiness',
  localToken: 'Create local token',
  openApiDocument: 'OpenAPI document',
};

/** `addLenders` is "Add lenders". */
export function titleOf(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return TITLES[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
