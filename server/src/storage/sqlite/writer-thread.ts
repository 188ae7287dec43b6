import { parentPort, workerData } from 'node:worker_threads';
import { Commits } from './commits.ts';
import { openForWriting } from './connection.ts';
import type { OpenFiles } from './store-file.ts';
import { CLOSE, executeRequest, type WriterRequest } from './writer-protocol.ts';

/* Entry of the worker thread that writes, so that the main thread never waits for the disk. */

if (!parentPort) throw new Error('this file is the entry of a worker thread');
const port = parentPort;
const files: OpenFiles = workerData;
const database = openForWriting(files.path, { fileMustExist: true });
const commits = new Commits(database);

port.on('message', (request: WriterRequest | typeof CLOSE) => {
  if (request !== CLOSE) {
    port.postMessage(executeRequest(commits, request, files));
    return;
  }
  database.close();
  port.close();
});
