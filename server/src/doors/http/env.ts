import type { RequestId } from '../../domain/ids.ts';

/** What every request in HTTP carries along on its way. */
export interface Env {
  Variables: {
    requestId: RequestId;
    clientAddress: string;
  };
}
