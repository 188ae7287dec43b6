import { type ExecutionResult, GraphQLError, subscribe } from 'graphql';
import { MessageType, parseMessage, type Server, type SubscribePayload } from 'graphql-ws';
import { conflict, DomainError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import { requireWithinRate } from '../../execution/authenticate.ts';
import type { Services } from '../../execution/services.ts';
import { toDomainError } from '../../execution/to-domain-error.ts';
import { type LoanStream, streamLoan } from '../../usecases/events/watch-loan.ts';
import { bearerToken } from '../http/route-handler.ts';
import { CLOSE_CODES, type Closing } from '../websocket/close-codes.ts';
import { LimitedConnection, type MessageSocket } from '../websocket/limited-connection.ts';
import type { ConnectionLimits } from '../websocket/limits.ts';
import type { ProtocolConnection, SocketPeer } from '../websocket/websocket-server.ts';
import { domainErrorOf, toGraphQLError } from './errors.ts';
import { membersOf } from './naming.ts';
import { type GraphQlSchema, type PreparedOperation, prepareOperation } from './operation.ts';
import type { LoanEventPayload, SubscriptionResolverContext } from './resolver-context.ts';

/** An operation's id is repeated in every message about it. */
const ID_LENGTH_MAX = 128;
const CLIENT_MESSAGE_TYPES: ReadonlySet<string> = new Set([
  MessageType.ConnectionInit,
  MessageType.Ping,
  MessageType.Pong,
  MessageType.Subscribe,
  MessageType.Complete,
]);
const MALFORMED: Closing = { code: 4400, reason: 'Invalid message received' };

export interface SubscriptionConnectionOptions {
  readonly services: Services;
  readonly schema: GraphQlSchema;
  readonly onError: (error: unknown) => void;
  readonly limits: ConnectionLimits;
}

interface Accepted {
  readonly socket: MessageSocket;
  readonly peer: SocketPeer;
  readonly protocol: string;
}

type Errors = { readonly errors: readonly GraphQLError[] };

/** The context of a subscription's resolver, and its results once it has started. */
export class RunningSubscription implements SubscriptionResolverContext {
  readonly requestId: RequestId;
  readonly watch: SubscriptionResolverContext['watch'];
  results: AsyncGenerator<ExecutionResult, void, void> | undefined;

  constructor(requestId: RequestId, watch: SubscriptionResolverContext['watch']) {
    this.requestId = requestId;
    this.watch = watch;
  }
}

/** A connection of `ws /graphql`: graphql-ws handles the protocol, this class the limits and the subscriptions. */
export class SubscriptionConnection implements ProtocolConnection {
  readonly #connection: LimitedConnection;
  readonly #peer: SocketPeer;
  readonly #options: SubscriptionConnectionOptions;
  /** Subscriptions that are being opened. */
  #opening = 0;
  /** Messages being handled; that of a subscription is until it ends. */
  #handling = 0;
  #handle: (text: string) => Promise<void> = async () => {};
  #leave: () => Promise<void> = async () => {};

  constructor(
    { socket, peer, protocol }: Accepted,
    options: SubscriptionConnectionOptions,
    server: Server<SubscriptionConnection>,
  ) {
    this.#peer = peer;
    this.#options = options;
    this.#connection = new LimitedConnection(socket, options.limits, () => void this.#leave().catch(this.#fail));
    const closed = server.opened(
      {
        protocol,
        send: (text) => this.#connection.send(text),
        close: (code = CLOSE_CODES.unexpectedError.code, reason = '') => this.close({ code, reason }),
        onMessage: (handle) => {
          this.#handle = handle;
        },
        // graphql-ws would repeat the ping's payload, which the protocol does not require.
        onPing: () => this.#connection.send(JSON.stringify({ type: MessageType.Pong })),
      },
      this,
    );
    this.#leave = async () => closed();
  }

  /** graphql-ws handles the messages of a connection concurrently. */
  receive(text: string): void {
    if (!this.#connection.accepts(this.#handling - this.#connection.subscriptionCount)) return;
    if (!isClientMessage(text)) return void this.close(MALFORMED);
    this.#handling += 1;
    this.#handle(text)
      .catch(this.#fail)
      .finally(() => {
        this.#handling -= 1;
      });
  }

  close(closing?: Closing): void {
    this.#connection.close(closing);
  }

  /**
   * Starts a subscription.
   * @param authorization as sent with `connection_init`
   * @returns what graphql-ws is to run, or why it can't
   */
  async subscribe({ query, variables, operationName }: SubscribePayload, authorization: unknown) {
    const { services, schema } = this.#options;
    const requestId = services.ids.request();
    const token = bearerToken(typeof authorization === 'string' ? authorization : undefined);
    const operation = { query, variables: variables ?? {}, operationName: operationName ?? undefined, isKeyed: false };
    const prepared = prepareOperation(schema, operation, 'websocket');
    const started =
      'errors' in prepared ? await this.#consumeAddressQuota(prepared) : await this.#start(prepared, requestId, token);
    return 'errors' in started ? started.errors.map((error) => toGraphQLError(domainErrorOf(error), requestId, error)) : started;
  }

  /** A request that reaches no use case counts against its address's rate. */
  async #consumeAddressQuota(rejected: Errors): Promise<Errors> {
    try {
      requireWithinRate(await this.#options.services.authenticator.consume(this.#peer.address));
      return rejected;
    } catch (error) {
      return { errors: [new GraphQLError('', { originalError: toDomainError(error) })] };
    }
  }

  async #start(prepared: PreparedOperation, requestId: RequestId, token: string | undefined) {
    const contextValue = new RunningSubscription(requestId, (args) => this.#watch(args, requestId, token));
    const args = { ...prepared, contextValue };
    const results = await subscribe(args);
    if (!(Symbol.asyncIterator in results)) return { errors: results.errors ?? [] };
    contextValue.results = results;
    return args;
  }

  async #watch(args: object, requestId: RequestId, token: string | undefined): Promise<AsyncIterable<LoanEventPayload>> {
    const { services, limits } = this.#options;
    if (this.#connection.subscriptionCount + this.#opening >= limits.subscriptionsMax) {
      const message = `This connection has ${limits.subscriptionsMax} subscriptions, the most there may be. Complete one, or open another connection.`;
      throw conflict(message);
    }
    this.#opening += 1;
    const stream = await streamLoan(services, { ...this.#peer, requestId, token, parameters: membersOf(args) });
    this.#opening -= 1;
    if (stream instanceof DomainError) throw stream;
    const end = this.#connection.addSubscription(() => stream.close(), stream.expiresAt - services.clock());
    return endable(payloadsOf(stream, requestId, end), end);
  }

  readonly #fail = (error: unknown): void => {
    this.#options.onError(error);
    this.close(CLOSE_CODES.unexpectedError);
  };
}

async function* payloadsOf(
  { cursor, events }: LoanStream,
  requestId: RequestId,
  end: () => void,
): AsyncGenerator<LoanEventPayload, undefined, undefined> {
  try {
    yield { cursor, event: null };
    yield* events;
  } catch (error) {
    throw toGraphQLError(toDomainError(error), requestId);
  } finally {
    end();
  }
}

/** A generator alone can't be returned from while it waits for the next value. */
function endable<Value>(
  generator: AsyncGenerator<Value, undefined, undefined>,
  end: () => void,
): AsyncIterableIterator<Value, undefined> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => generator.next(),
    async return() {
      end();
      return generator.return(undefined);
    },
  };
}

function isClientMessage(text: string): boolean {
  try {
    const message = parseMessage(text);
    return CLIENT_MESSAGE_TYPES.has(message.type) && !('id' in message && message.id.length > ID_LENGTH_MAX);
  } catch {
    return false;
  }
}
