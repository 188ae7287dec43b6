import { workerData } from 'node:worker_threads';
import { checkIntegrity } from '../connection.ts';

/* Entry of the worker thread that checks a whole file, so that the main thread can serve meanwhile. An error ends it. */

checkIntegrity(workerData);
