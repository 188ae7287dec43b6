import { endpoint, newTable } from '../server/src/testing/dynamodb/tables.ts';

/** Where a program may keep its data. */
interface Engine {
  readonly name: string;
  /** The settings of programs that share a new store; a file is in the folder that they run in. */
  readonly settings: () => Promise<Readonly<Record<string, string>>>;
}

const TABLE: Engine = {
  name: 'a table of DynamoDB',
  settings: async () => ({
    STORE: `dynamodb:${await newTable()}`,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? '',
    ALLOW_LOCAL_ISSUER: '1',
  }),
};

/** All that this machine can run. */
export const engines: readonly Engine[] = [
  { name: 'a file of SQLite', settings: async () => ({}) },
  ...(endpoint === undefined ? [] : [TABLE]),
];
