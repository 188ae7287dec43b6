import type { Synthesized } from './synthesized.ts';

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/** @returns the roles, without CloudFormation's hash, whose policies allow an operation on an item of the table */
export function rolesThatMay(operation: string, partition: string, { template }: Pick<Synthesized, 'template'>): string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties);
  const mayDo = (id: string) => {
    const statements: readonly Statement[] = policies
      .filter(({ Roles }) => Roles.some(({ Ref }: { readonly Ref: string }) => Ref === id))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const applies = (effect: Statement['Effect']) =>
      statements.some((statement) => statement.Effect === effect && matches(statement, `dynamodb:${operation}`, partition));
    return applies('Allow') && !applies('Deny');
  };
  return Object.keys(template.findResources('AWS::IAM::Role'))
    .filter(mayDo)
    .map((id) => id.replace(/[0-9A-F]{8}$/, ''))
    .sort((one, other) => (one < other ? -1 : 1));
}

/** As IAM evaluates it, for one partition key. A condition that is unknown here counts as met by an Allow, as not met by a Deny. */
function matches({ Effect, Action, Resource, Condition = {} }: Statement, action: string, partition: string): boolean {
  const isTable = (resource: unknown) =>
    typeof resource === 'string' ? resource.includes('*') : /^Table/.test(Object(resource)['Fn::GetAtt']?.[0] ?? '');
  return (
    [Action].flat().some((pattern) => toPattern(pattern).test(action)) &&
    [Resource].flat().some(isTable) &&
    Object.entries(Condition).every(([operator, keys]) => {
      const values: unknown = Object(keys)['dynamodb:LeadingKeys'];
      const isKnown = /^For(?:AllValues|AnyValue):StringEquals$/.test(operator) && Array.isArray(values);
      return isKnown ? values.includes(partition) : Effect === 'Allow';
    })
  );
}

function toPattern(action: string): RegExp {
  return new RegExp(`^${action.replaceAll('*', '.*')}$`, 'i');
}
