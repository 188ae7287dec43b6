import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { Log } from '../../telemetry/log.ts';

export interface SetupOptions {
  /** Creates what the other functions need in the table, if it is missing. */
  readonly prepare: () => Promise<void>;
  readonly log: Log;
}

/** CloudFormation waits for the result, so a connection that hangs must end before the function does. */
const REPORT_MS_MAX = 10_000;

/**
 * Prepares the table at deployment, as a custom resource of CloudFormation.
 * @returns a handler that reports success or failure to CloudFormation, and rejects if that is not possible: Lambda then
 *   repeats the invocation
 */
export function setupHandler({ prepare, log }: SetupOptions) {
  /** @returns why it failed. The table is deleted or kept by its own resource, so a deletion changes nothing. */
  async function run(requestType: CloudFormationCustomResourceEvent['RequestType']): Promise<string | undefined> {
    if (requestType === 'Delete') return undefined;
    try {
      await prepare();
      return undefined;
    } catch (err) {
      log.error({ err }, 'the table could not be prepared');
      return `The table could not be prepared: ${err instanceof Error ? err.message : 'see the log of the function'}`;
    }
  }

  return async ({ RequestType, ResponseURL, StackId, RequestId, LogicalResourceId }: CloudFormationCustomResourceEvent) => {
    const reason = await run(RequestType);
    const result = {
      Status: reason === undefined ? 'SUCCESS' : 'FAILED',
      // At most 4 KB are accepted.
      ...(reason !== undefined && { Reason: reason.slice(0, 1000) }),
      // The same in every response: another one would be a replacement.
      PhysicalResourceId: LogicalResourceId,
      StackId,
      RequestId,
      LogicalResourceId,
    };
    // Bytes, because `fetch` adds a content type to text, which the signature of the URL does not allow.
    const body = new TextEncoder().encode(JSON.stringify(result));
    const { ok, status } = await fetch(ResponseURL, { method: 'PUT', body, signal: AbortSignal.timeout(REPORT_MS_MAX) });
    if (!ok) throw new Error(`CloudFormation did not accept the result: ${status}`);
  };
}
