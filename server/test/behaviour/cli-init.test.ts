import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endpoint } from '../../src/testing/dynamodb/tables.ts';
import { openWorkplace, type Workplace } from '../../src/testing/process/cli-process.ts';

let work: Workplace;

beforeEach(() => {
  work = openWorkplace();
});

afterEach(() => work.close());

/** Nothing listens on this port. */
const NOWHERE = 'http://127.0.0.1:9';

describe('lending init', () => {
  it('creates the file of a store, and finds it again', async () => {
    const [first, second] = [await work.lending(['init']), await work.lending(['init', '--json'])];
    expect([first.code, first.stdout, first.stderr]).toEqual([0, 'Created ./data/lending.db\n', '']);
    expect([second.code, JSON.parse(second.stdout)]).toEqual([0, { store: './data/lending.db', created: false }]);
    expect(work.files('data')).toEqual(['lending.db', 'lending.db-marker']);
    const server = await work.serve();
    expect(server.demo, 'the store was empty').toBeDefined();
  });

  it('rejects a store in memory', async () => {
    const { code, stderr } = await work.lending(['init'], { STORE: 'sqlite::memory:' });
    expect([code, stderr]).toEqual([2, 'A store in memory begins and ends with its program. Name a file.\n']);
  });

  it('reports a missing region, missing credentials and a database that does not respond', async () => {
    const STORE = 'dynamodb:lending';
    const settings = [
      { STORE, AWS_EC2_METADATA_DISABLED: 'true' },
      { STORE, AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'eu-west-1' },
      { STORE, AWS_ENDPOINT_URL_DYNAMODB: NOWHERE },
    ];
    const errors = await Promise.all(settings.map(async (each) => (await work.lending(['init'], each)).stderr));
    expect(errors).toEqual([
      'DynamoDB needs a region. Set AWS_REGION to the one of the table.\n',
      'DynamoDB needs credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.\n',
      `The table "lending" at ${NOWHERE} can't be used: connect ECONNREFUSED 127.0.0.1:9. Check the address and your rights.\n`,
    ]);
  });
});

describe.skipIf(endpoint === undefined)('lending init on DynamoDB', () => {
  const settings = { AWS_ENDPOINT_URL_DYNAMODB: endpoint ?? '', ALLOW_LOCAL_ISSUER: '1', STORE: '' };

  beforeEach(() => {
    settings.STORE = `dynamodb:test-${randomUUID()}`;
  });

  it('creates a table, finds it again, and the table can be served', async () => {
    expect(JSON.parse((await work.lending(['init', '--json'], settings)).stdout)).toMatchObject({ created: true });
    expect((await work.lending(['init'], settings)).stdout).toMatch(/^test-[\w-]+ already exists\n$/);
    const server = await work.serve(settings);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
    expect((await work.paste(server.demo ?? '')).stdout).toContain('"lenders_added":3');
    expect(work.files('data')).toEqual([]);
  });

  it('serve recommends init if the table does not exist', async () => {
    const { code, stdout, stderr } = await work.lending(['serve'], { ...settings, PORT: '0' });
    expect([code, stdout]).toEqual([2, '']);
    const table = `"${settings.STORE.slice('dynamodb:'.length)}" at ${endpoint}`;
    const advice = `For development, STORE=${settings.STORE} npx lending init creates it; in production, the stack does.`;
    expect(stderr).toBe(`There is no table ${table}. ${advice}\n`);
  });
});
