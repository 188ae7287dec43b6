import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeLog } from '../../telemetry/log.ts';
import { startHttpServer } from '../../testing/http-server.ts';
import { setupHandler } from './setup-handler.ts';

const PROPERTIES = { ServiceToken: 'arn:function', TableName: 'lending' };

interface Received {
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

const IDS = { StackId: 'arn:stack', RequestId: 'request-1', LogicalResourceId: 'StoreSecret' };

let received: Received[];
let status: number;
let logged: string[];
let prepared: unknown[];
let cloudFormation: Awaited<ReturnType<typeof startHttpServer>>;

beforeEach(async () => {
  [received, logged, status, prepared] = [[], [], 200, []];
  cloudFormation = await startHttpServer(async (request, response) => {
    const { method, headers } = request;
    received.push({ method, headers, body: JSON.parse(await text(request)) });
    response.writeHead(status).end();
  });
});

afterEach(() => cloudFormation.close());

function invoke(RequestType: 'Create' | 'Delete' | 'Update', error?: Error, ResourceType = 'Custom::StoreSecret'): Promise<void> {
  const prepare = async (properties: unknown) => {
    prepared.push(properties);
    if (error) throw error;
  };
  const ResponseURL = `${cloudFormation.url}/result?X-Amz-Signature=abc`;
  const event = { RequestType, ResponseURL, ...IDS, ResourceType, ServiceToken: 'arn:function' };
  const log = makeLog({ write: (line) => void logged.push(line) });
  return setupHandler({ resources: { 'Custom::StoreSecret': { subject: 'the table', prepare } }, log })(
    // The members that only some request types have are not read.
    { ...event, ResourceProperties: PROPERTIES } as CloudFormationCustomResourceEvent,
  );
}

describe('setupHandler', () => {
  it.each(['Create', 'Update'] as const)('prepares the table at a %s and reports success to CloudFormation', async (type) => {
    await invoke(type);
    expect(prepared).toEqual([PROPERTIES]);
    expect(received.map(({ method, body }) => [method, body])).toEqual([
      ['PUT', { Status: 'SUCCESS', PhysicalResourceId: 'StoreSecret', ...IDS }],
    ]);
  });

  it('sends the result without a content type, which the signature of the URL does not allow', async () => {
    await invoke('Create');
    expect(received[0]?.headers).not.toHaveProperty('content-type');
    expect(Number(received[0]?.headers['content-length'])).toBeGreaterThan(0);
  });

  it('changes nothing when the stack is deleted', async () => {
    await invoke('Delete');
    expect([prepared, received[0]?.body]).toEqual([[], expect.objectContaining({ Status: 'SUCCESS' })]);
  });

  it('reports a failure with its reason, so that the deployment ends instead of waiting', async () => {
    await invoke('Create', new Error(`the table is away ${'x'.repeat(5000)}`));
    expect(received[0]?.body).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringMatching(/^the table could not be prepared: the table is away x{900,980}$/),
    });
    expect(logged.join()).toContain('the table could not be prepared');
  });

  it('reports a failure for a type of resource that it does not make', async () => {
    await invoke('Create', undefined, 'Custom::Other');
    expect(received[0]?.body).toMatchObject({ Status: 'FAILED', Reason: 'There is no custom resource of the type Custom::Other.' });
    expect(prepared).toEqual([]);
  });

  it('rejects if CloudFormation does not accept the result, so that Lambda repeats the invocation', async () => {
    status = 403;
    await expect(invoke('Create')).rejects.toThrow('CloudFormation did not accept the result: 403');
  });
});
