import { endpoint, newTable } from '../server/src/testing/dynamodb/tables.ts';

interface Engine {
  readonly name: string;
  /** Settings of programs that share a new store. A SQLite file is in the folder of the program. */
  readonly settings: () => Promise<Readonly<Record<string, string>>>;
}

const DYNAMODB: Engine = {
  name: 'DynamoDB',
  settings: async () => ({
    STORE: `dynamodb:${await newTable()}`,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? '',
    ALLOW_LOCAL_ISSUER: '1',
  }),
};

/** The engines that this machine can run. */
export const engines: readonly Engine[] = [
  { name: 'SQLite', settings: async () => ({}) },
  ...(endpoint === undefined ? [] : [DYNAMODB]),
];
