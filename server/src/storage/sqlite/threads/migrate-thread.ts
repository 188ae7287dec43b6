import { workerData } from 'node:worker_threads';
import { openForWriting } from '../connection.ts';

/* Entry of the worker thread that migrates a file, so that the main thread can serve meanwhile. An error ends it. */

/** Another process may be migrating the file. */
const BUSY_TIMEOUT_MS = 3_600_000;

openForWriting(workerData, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS }).close();
