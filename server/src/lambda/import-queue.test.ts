import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportId } from '../domain/ids.ts';
import { ChangeNotifier } from '../events/change-notifier.ts';
import { importKey } from '../storage/keys.ts';
import { makeLog } from '../telemetry/log.ts';
import { importIdFor } from '../testing/app/import-helpers.ts';
import { linesOf } from '../testing/app/log-lines.ts';
import { startSqs } from '../testing/aws/sqs.ts';
import { importIdIn, importQueue, PendingImports } from './import-queue.ts';

let sqs: Awaited<ReturnType<typeof startSqs>>;

beforeEach(async () => {
  sqs = await startSqs();
});

afterEach(() => sqs.close());

const IMPORTS = Array.from({ length: 23 }, (_, index) => importIdFor(index));

function queueOf(requestMsMax = 5000) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return importQueue({ url: sqs.url, client: { region: 'us-east-1', credentials }, requestMsMax });
}

describe('importQueue', () => {
  it('sends a message with the id of each import, ten per request', async () => {
    await queueOf().send(IMPORTS);
    expect(sqs.requests).toEqual([10, 10, 3].map((count) => ({ target: 'AmazonSQS.SendMessageBatch', count })));
    expect(JSON.parse(sqs.messages[0] ?? '')).toEqual({ import_id: IMPORTS[0] });
    expect(sqs.messages.map(importIdIn)).toEqual(IMPORTS);
  });

  it('sends no request without imports, or after its signal is aborted', async () => {
    await queueOf().send([]);
    await queueOf().send(IMPORTS, AbortSignal.abort());
    expect(sqs.requests).toEqual([]);
  });

  it('retries once after a timeout or an error', async () => {
    sqs.state.mode = 'drop-one';
    await queueOf(500).send(IMPORTS.slice(0, 1));
    expect(sqs.messages).toHaveLength(1);
    sqs.state.mode = 'unavailable';
    await expect(queueOf().send(IMPORTS.slice(0, 1))).rejects.toThrow('SQS is down');
    expect(sqs.requests).toHaveLength(4);
  });

  it('throws if SQS accepts only some of the messages', async () => {
    sqs.state.mode = 'reject-first';
    await expect(queueOf().send(IMPORTS.slice(0, 3))).rejects.toThrow('SQS did not accept 1 of 3 messages: InternalError');
  });

  it.each(['', 'no JSON', 'null', '{}', '{"import_id":7}', '{"import_id":"7"}', '["import_id"]'])(
    'finds no import id in the message %s',
    (body) => {
      expect(importIdIn(body)).toBeUndefined();
    },
  );
});

describe('PendingImports', () => {
  const changes = new ChangeNotifier(() => {});
  const create = (...importIds: readonly ImportId[]) => {
    changes.notifyOf(importIds.map((id) => ({ key: importKey(id), expected: 0, data: {} })));
  };

  function openPending(logged: string[] = []) {
    const imports = new PendingImports(queueOf(), makeLog({ write: (line) => void logged.push(line) }));
    imports.collectFrom(changes);
    return { imports, logged };
  }

  it('queues created imports once', async () => {
    const { imports } = openPending();
    await imports.flush();
    create(...IMPORTS.slice(0, 2));
    await imports.flush();
    await imports.flush();
    expect(sqs.messages.map(importIdIn)).toEqual(IMPORTS.slice(0, 2));
    expect(sqs.requests).toHaveLength(1);
  });

  it('logs imports that cannot be queued, and does not keep them for the next request', async () => {
    const { imports, logged } = openPending();
    sqs.state.mode = 'unavailable';
    create(...IMPORTS.slice(0, 1));
    await imports.flush();
    expect(linesOf({ logged })).toMatchObject([{ level: 50, import_ids: IMPORTS.slice(0, 1), err: { message: 'SQS is down' } }]);
    sqs.state.mode = 'accept';
    await imports.flush();
    expect(sqs.messages).toEqual([]);
  });
});
