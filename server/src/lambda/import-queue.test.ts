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

function queueOf(tryMsMax = 5000) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return importQueue({ url: sqs.url, client: { region: 'us-east-1', credentials }, tryMsMax });
}

describe('the queue of imports', () => {
  it('gets a message for each import, ten in a request, that tells which one it is', async () => {
    await queueOf().send(IMPORTS);
    expect(sqs.requests).toEqual([10, 10, 3].map((count) => ({ target: 'AmazonSQS.SendMessageBatch', count })));
    expect(JSON.parse(sqs.messages[0] ?? '')).toEqual({ import_id: IMPORTS[0] });
    expect(sqs.messages.map(importIdIn)).toEqual(IMPORTS);
  });

  it('is not asked where there is nothing to send, or no time left', async () => {
    await queueOf().send([]);
    await queueOf().send(IMPORTS, AbortSignal.abort());
    expect(sqs.requests).toEqual([]);
  });

  it('is asked once more where it does not answer, or is away', async () => {
    sqs.state.mood = 'silent';
    await queueOf(100).send(IMPORTS.slice(0, 1));
    expect(sqs.messages).toHaveLength(1);
    sqs.state.mood = 'away';
    await expect(queueOf().send(IMPORTS.slice(0, 1))).rejects.toThrow('SQS is away');
    expect(sqs.requests).toHaveLength(4);
  });

  it('says so where it has taken some of the messages only', async () => {
    sqs.state.mood = 'partly';
    await expect(queueOf().send(IMPORTS.slice(0, 3))).rejects.toThrow('SQS did not take 1 of 3 messages: InternalError');
  });

  it.each(['', 'no JSON', 'null', '{}', '{"import_id":7}', '{"import_id":"7"}', '["import_id"]'])(
    'holds no message that says %s',
    (body) => {
      expect(importIdIn(body)).toBeUndefined();
    },
  );
});

describe('imports that a request has opened', () => {
  const changes = new ChangeNotifier(() => {});
  const tell = (...importIds: readonly ImportId[]) => {
    changes.notifyOf(importIds.map((id) => ({ key: importKey(id), expected: 0, data: {} })));
  };

  function opened(logged: string[] = []) {
    const imports = new PendingImports(queueOf(), makeLog({ write: (line) => void logged.push(line) }));
    imports.collectFrom(changes);
    return { imports, logged };
  }

  it('are handed on once, and none where none was opened', async () => {
    const { imports } = opened();
    await imports.flush();
    tell(...IMPORTS.slice(0, 2));
    await imports.flush();
    await imports.flush();
    expect(sqs.messages.map(importIdIn)).toEqual(IMPORTS.slice(0, 2));
    expect(sqs.requests).toHaveLength(1);
  });

  it('are left to the clock where the queue is away, which is told of, and not kept for the next request', async () => {
    const { imports, logged } = opened();
    sqs.state.mood = 'away';
    tell(...IMPORTS.slice(0, 1));
    await imports.flush();
    expect(linesOf({ logged })).toMatchObject([{ level: 50, import_ids: IMPORTS.slice(0, 1), err: { message: 'SQS is away' } }]);
    sqs.state.mood = 'well';
    await imports.flush();
    expect(sqs.messages).toEqual([]);
  });
});
