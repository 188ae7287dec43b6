import { parentPort, workerData } from 'node:worker_threads';
import { Checkpoints } from '../checkpoints.ts';
import { Commits } from '../commits.ts';
import { openForWriting } from '../connection.ts';
import type { OpenFiles } from '../store-file.ts';
import { CLOSE, executeRequest, type WriterMessage, type WriterRequest } from '../writer-protocol.ts';

/* Entry of the worker thread that writes, so that the main thread never waits for the disk. */

if (!parentPort) throw new Error('this file is the entry of a worker thread');
const port = parentPort;
const files: OpenFiles = workerData;
const database = openForWriting(files.path, { fileMustExist: true });
const commits = new Commits(database);
const checkpoints = new Checkpoints(database, files, (cause) => send({ checkpointError: String(cause) }));

function send(message: WriterMessage): void {
  port.postMessage(message);
}

port.on('message', (request: WriterRequest | typeof CLOSE) => {
  if (request !== CLOSE) {
    const response = executeRequest(commits, request, files);
    send(response);
    if ('error' in response && response.error === 'unavailable') checkpoints.afterFailure();
    else checkpoints.afterBatch();
    return;
  }
  void checkpoints.close().then(() => {
    database.close();
    port.close();
  });
});
