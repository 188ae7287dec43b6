import { type ExecutionResult, GraphQLError, subscribe as runSubscription } from 'graphql';
import { MessageType, parseMessage, type Server, type SubscribePayload } from 'graphql-ws';
import { conflict, DomainError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import { requireWithinRate } from '../../execution/authenticate.ts';
import type { Services } from '../../execution/services.ts';
import { type Subscribed, subscribe } from '../../execution/subscribe.ts';
import { toDomainError } from '../../execution/to-domain-error.ts';
import { watchLoan } from '../../usecases/events/watch-loan.ts';
import { bearerToken } from '../http/route-handler.ts';
import { CLOSE_CODES, type Closing } from '../websocket/close-codes.ts';
import { LimitedConnection, type LineLimits, type MessageSocket } from '../websocket/limited-connection.ts';
import { setLongTimeout } from '../websocket/long-timeout.ts';
import type { Connection, SocketPeer } from '../websocket/websocket-server.ts';
import { domainErrorOf, toGraphQLError } from './errors.ts';
import { membersOf } from './naming.ts';
import { type Prepared, prepare, type Schema } from './operation.ts';
import type { LoanEventPayload, SubscriptionResolverContext } from './resolver-context.ts';

/** An operation's id is repeated with everything that is told of it. */
const ID_LENGTH_MAX = 128;
const FROM_CLIENTS: ReadonlySet<string> = new Set([
  MessageType.ConnectionInit,
  MessageType.Ping,
  MessageType.Pong,
  MessageType.Subscribe,
  MessageType.Complete,
]);
const MALFORMED: Closing = { code: 4400, reason: 'Invalid message received' };

export interface SubscriptionGround {
  readonly services: Services;
  readonly schema: Schema;
  readonly onFault: (fault: unknown) => void;
  readonly limits: LineLimits;
}

interface Accepted {
  readonly socket: MessageSocket;
  readonly peer: SocketPeer;
  readonly protocol: string;
}

/** One operation: what its field asks with, and what comes of it. */
export class Operation implements SubscriptionResolverContext {
  readonly requestId: RequestId;
  readonly watch: SubscriptionResolverContext['watch'];
  results: AsyncGenerator<ExecutionResult, void, void> | undefined;

  constructor(requestId: RequestId, watch: SubscriptionResolverContext['watch']) {
    this.requestId = requestId;
    this.watch = watch;
  }
}

/** A subscription that stands. */
interface Open {
  readonly events: Subscribed['events'];
  readonly callOffExpiry: () => void;
}

/** One connection: the protocol is graphql-ws's; what is bounded, opened and let go of is here. */
export class SubscriptionConnection implements Connection {
  readonly #line: LimitedConnection;
  readonly #peer: SocketPeer;
  readonly #ground: SubscriptionGround;
  readonly #open = new Set<Open>();
  #opening = 0;
  /** Messages under way; a subscription's is until it ends. */
  #handling = 0;
  #handle: (text: string) => Promise<void> = async () => {};
  #leave: () => Promise<void> = async () => {};

  constructor({ socket, peer, protocol }: Accepted, ground: SubscriptionGround, server: Server<SubscriptionConnection>) {
    this.#peer = peer;
    this.#ground = ground;
    this.#line = new LimitedConnection(socket, ground.limits, () => this.#letGo());
    const closed = server.opened(
      {
        protocol,
        send: (text) => this.#line.send(text),
        close: (code = CLOSE_CODES.fault.code, reason = '') => this.close({ code, reason }),
        onMessage: (handle) => {
          this.#handle = handle;
        },
        // A pong need not repeat what came with the ping, and so does not.
        onPing: () => this.#line.send(JSON.stringify({ type: MessageType.Pong })),
      },
      this,
    );
    this.#leave = async () => closed();
  }

  /** Takes a message. graphql-ws carries out those of one connection side by side. */
  receive(text: string): void {
    if (!this.#line.takes(this.#handling - this.#open.size)) return;
    if (!isFromClient(text)) return void this.close(MALFORMED);
    this.#handling += 1;
    this.#handle(text)
      .catch((fault: unknown) => this.#fail(fault))
      .finally(() => {
        this.#handling -= 1;
      });
  }

  close(closing?: Closing): void {
    this.#line.close(closing);
  }

  /**
   * Opens what a client subscribes to.
   * @param authorization as it was sent when connecting
   * @returns what graphql-ws is to run, or why there is nothing to run
   */
  async prepare({ query, variables, operationName }: SubscribePayload, authorization: unknown) {
    const { services, schema } = this.#ground;
    const requestId = services.ids.request();
    const token = bearerToken(typeof authorization === 'string' ? authorization : undefined);
    const context = { query, variables: variables ?? {}, operationName: operationName ?? undefined, isKeyed: false };
    const prepared = prepare(schema, context, 'socket');
    const opened = 'errors' in prepared ? await this.#spendOne(prepared.errors) : await this.#run(prepared, requestId, token);
    return 'errors' in opened ? opened.errors.map((error) => toGraphQLError(domainErrorOf(error), requestId, error)) : opened;
  }

  /** What reaches no use case spends a request of its address. */
  async #spendOne(errors: readonly GraphQLError[]): Promise<{ readonly errors: readonly GraphQLError[] }> {
    try {
      requireWithinRate(await this.#ground.services.authenticator.consume(this.#peer.address));
      return { errors };
    } catch (refusal) {
      return { errors: [new GraphQLError('', { originalError: toDomainError(refusal) })] };
    }
  }

  async #run(prepared: Prepared, requestId: RequestId, token: string | undefined) {
    const operation = new Operation(requestId, (sent) => this.#watch(sent, requestId, token));
    const args = { ...prepared, contextValue: operation };
    const results = await runSubscription(args);
    if (!(Symbol.asyncIterator in results)) return { errors: results.errors ?? [] };
    operation.results = results;
    return args;
  }

  async #watch(sent: object, requestId: RequestId, token: string | undefined): Promise<AsyncIterable<LoanEventPayload>> {
    const { services, limits } = this.#ground;
    if (this.#open.size + this.#opening >= limits.subscriptionsMax) {
      const message = `This connection has ${limits.subscriptionsMax} subscriptions, the most there may be. Complete one, or open another connection.`;
      throw conflict(message);
    }
    this.#opening += 1;
    const call = { ...this.#peer, requestId, token, parameters: membersOf(sent) };
    const { result } = await subscribe(services, watchLoan, call);
    this.#opening -= 1;
    if (result instanceof DomainError) throw result;
    const open = this.#begin(result);
    return told(result, requestId, () => this.#end(open));
  }

  #begin({ events, expiresAt }: Subscribed): Open {
    const expiresMs = expiresAt - this.#ground.services.clock();
    const open = { events, callOffExpiry: setLongTimeout(expiresMs, () => this.close(CLOSE_CODES.expired)) };
    this.#open.add(open);
    this.#line.subscribed();
    return open;
  }

  #end(open: Open): void {
    if (!this.#open.delete(open)) return;
    open.callOffExpiry();
    open.events.return?.().catch((fault: unknown) => this.#fail(fault));
    if (this.#open.size === 0) this.#line.awaitSubscription();
  }

  #letGo(): void {
    for (const open of [...this.#open]) this.#end(open);
    this.#leave().catch((fault: unknown) => this.#fail(fault));
  }

  #fail(fault: unknown): void {
    this.#ground.onFault(fault);
    this.close(CLOSE_CODES.fault);
  }
}

/** By hand and no generator, for that could not be ended while it waits for an event. */
function told(
  { cursor, events }: Subscribed,
  requestId: RequestId,
  end: () => void,
): AsyncIterableIterator<LoanEventPayload, undefined> {
  let isFirst = true;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (isFirst) {
        isFirst = false;
        return { done: false, value: { cursor, event: null } };
      }
      try {
        const result = await events.next();
        if (result.done) end();
        return result;
      } catch (failure) {
        end();
        throw toGraphQLError(toDomainError(failure), requestId);
      }
    },
    async return() {
      end();
      return { done: true, value: undefined };
    },
  };
}

function isFromClient(text: string): boolean {
  try {
    const message = parseMessage(text);
    return FROM_CLIENTS.has(message.type) && !('id' in message && message.id.length > ID_LENGTH_MAX);
  } catch {
    return false;
  }
}
