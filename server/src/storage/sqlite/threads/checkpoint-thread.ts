import { parentPort, workerData } from 'node:worker_threads';
import { moveLog } from '../checkpoints.ts';
import { openToCheckpoint } from '../connection.ts';
import { type OpenFiles, requireInPlace } from '../store-file.ts';
import type { CLOSE } from '../writer-protocol.ts';

/* Entry of the worker thread that moves the log to the database while the writer thread writes. An error ends it. */

if (!parentPort) throw new Error('this file is the entry of a worker thread');
const port = parentPort;
const files: OpenFiles = workerData;
const database = openToCheckpoint(files);

port.on('message', (request: typeof CLOSE | 'move') => {
  if (request === 'move') {
    requireInPlace(files);
    port.postMessage(moveLog(database));
    return;
  }
  database.close();
  port.close();
});
