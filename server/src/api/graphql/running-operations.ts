import { MessageType, type SubscribePayload } from 'graphql-ws';

interface RunningOperation {
  /** As the client sent it. */
  readonly clientId: string;
  readonly payload: SubscribePayload;
}

/** The start of a message from graphql-ws about an operation. */
const ABOUT_OPERATION = /^\{"id":"(\d+)","type":"(\w+)"/;

/**
 * The operations of a connection that have not ended. Each gets an id of ours: graphql-ws goes by the id for as long as it works
 * on an operation, and confuses two if a client uses the id of a completed one again before that.
 */
export class RunningOperations {
  #startedCount = 0;
  readonly #operations = new Map<string, RunningOperation>();
  readonly #idByClientId = new Map<string, string>();

  /** @returns our id; undefined where the client's is in use */
  start(clientId: string, payload: SubscribePayload): string | undefined {
    if (this.#idByClientId.has(clientId)) return undefined;
    this.#startedCount += 1;
    const id = String(this.#startedCount);
    this.#operations.set(id, { clientId, payload });
    this.#idByClientId.set(clientId, id);
    return id;
  }

  payloadOf(id: string): SubscribePayload {
    const operation = this.#operations.get(id);
    if (!operation) throw new TypeError('an operation was opened that had not been started');
    return operation.payload;
  }

  /** Ends an operation: no more is sent about it. @returns our id; undefined where there is no such operation */
  complete(clientId: string): string | undefined {
    const id = this.#idByClientId.get(clientId);
    if (id !== undefined) this.#end(id);
    return id;
  }

  /** @returns a message from graphql-ws with the client's id; undefined where the client has completed the operation */
  toClient(text: string): string | undefined {
    const [start, id, type] = ABOUT_OPERATION.exec(text) ?? [];
    if (start === undefined || id === undefined) return text;
    const operation = this.#operations.get(id);
    if (!operation) return undefined;
    if (type !== MessageType.Next) this.#end(id);
    return `{"id":${JSON.stringify(operation.clientId)},"type":"${type}"${text.slice(start.length)}`;
  }

  #end(id: string): void {
    const operation = this.#operations.get(id);
    if (operation) this.#idByClientId.delete(operation.clientId);
    this.#operations.delete(id);
  }
}
