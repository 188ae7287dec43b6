/** Titles that the name of an operation or a tag does not give. */
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
