import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import type { Log } from '../../telemetry/log.ts';

/** Makes a custom resource at its creation and at each update. What it made is kept or deleted with other resources. */
interface CustomResource {
  /** Of the messages about it: `the table`. */
  readonly subject: string;
  readonly prepare: (properties: Readonly<Record<string, unknown>>) => Promise<void>;
}

export interface SetupOptions {
  /** By resource type, such as `Custom::StoreSecret`. */
  readonly resources: Readonly<Record<string, CustomResource>>;
  readonly log: Log;
}

/** CloudFormation waits for the result, so a connection that hangs must end before the function does. */
const REPORT_MS_MAX = 10_000;

/**
 * Makes custom resources of CloudFormation at deployment.
 * @returns a handler that reports success or failure to CloudFormation, and rejects if that is not possible: Lambda then
 *   repeats the invocation
 */
export function setupHandler({ resources, log }: SetupOptions) {
  /** @returns why it failed */
  async function run({ RequestType, ResourceType, ResourceProperties }: CloudFormationCustomResourceEvent) {
    if (RequestType === 'Delete') return undefined;
    const resource = resources[ResourceType];
    if (!resource) return `There is no custom resource of the type ${ResourceType}.`;
    try {
      await resource.prepare(ResourceProperties);
      return undefined;
    } catch (err) {
      const failure = `${resource.subject} could not be prepared`;
      log.error({ err }, failure);
      return `${failure}: ${err instanceof Error ? err.message : 'see the log of the function'}`;
    }
  }

  return async (event: CloudFormationCustomResourceEvent): Promise<void> => {
    const { ResponseURL, StackId, RequestId, LogicalResourceId } = event;
    const reason = await run(event);
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
