import { parentPort, workerData } from 'node:worker_threads';
import { Commits } from './commits.ts';
import { openForWriting } from './connection.ts';
import { CLOSE, executeRequest, type WriterRequest } from './writer-protocol.ts';

/* The entry of the thread that writes, so that the program's own thread never waits for the disk. */

if (!parentPort) throw new Error('this file is the entry of a worker thread');
const port = parentPort;
const database = openForWriting(String(workerData));
const commits = new Commits(database);

port.on('message', (order: WriterRequest | typeof CLOSE) => {
  if (order !== CLOSE) {
    port.postMessage(executeRequest(commits, order));
    return;
  }
  database.close();
  port.close();
});
