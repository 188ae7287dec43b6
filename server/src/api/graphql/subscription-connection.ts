import { type ExecutionResult, GraphQLError, subscribe } from 'graphql';
import {
  type CompleteMessage,
  type ConnectionInitMessage,
  MessageType,
  type PingMessage,
  type PongMessage,
  parseMessage,
  type Server,
  type SubscribeMessage,
  type SubscribePayload,
} from 'graphql-ws';
import { conflict, DomainError } from '../../domain/errors.ts';
import type { RequestId } from '../../domain/ids.ts';
import { type Authenticator, admit, type Credential, tokenCredential } from '../../execution/authenticate.ts';
import type { Services } from '../../execution/services.ts';
import { toDomainError } from '../../execution/to-domain-error.ts';
import { type RequestProgress, trackRequest } from '../../execution/track-request.ts';
import { type LoanStream, streamLoan, watchLoan } from '../../usecases/events/watch-loan.ts';
import { bearerToken } from '../http/auth/credential.ts';
import { CLOSE_CODES, type Closing } from '../websocket/close-codes.ts';
import { LimitedConnection, type MessageSocket } from '../websocket/limited-connection.ts';
import type { ConnectionLimits } from '../websocket/limits.ts';
import type { ProtocolConnection, SocketPeer } from '../websocket/websocket-server.ts';
import { domainErrorOf, toGraphQLError } from './errors.ts';
import { membersOf } from './naming.ts';
import { type GraphQlSchema, measureOperation, type PreparedOperation, validateOperation } from './operation.ts';
import type { LoanEventPayload, SubscriptionResolverContext } from './resolver-context.ts';
import { RunningOperations } from './running-operations.ts';

/** An operation's id is repeated in every message about it. */
const ID_LENGTH_MAX = 128;
/** Room for the longest token. The message is kept as long as the connection is open. */
const INIT_LENGTH_MAX = 10_240;
/** Messages before `connection_init`, such as pings. */
const MESSAGES_BEFORE_INIT_MAX = 5;
type ClientMessage = CompleteMessage | ConnectionInitMessage | PingMessage | PongMessage | SubscribeMessage;

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
  readonly #operations = new RunningOperations();
  /** Subscriptions that are being opened. */
  #opening = 0;
  /** Messages that may still come before `connection_init`. */
  #messagesBeforeInit = MESSAGES_BEFORE_INIT_MAX;
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
        send: async (text) => {
          const sent = this.#operations.toClient(text);
          if (sent !== undefined) await this.#connection.send(sent);
        },
        close: (code = CLOSE_CODES.unexpectedError.code, reason = '') =>
          this.close(code === CLOSE_CODES.otherSubprotocol.code ? CLOSE_CODES.otherSubprotocol : { code, reason }),
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
    const message = clientMessage(text);
    if (message === undefined) return void this.close(MALFORMED);
    if (!this.#accepts(message.type)) return void this.close(CLOSE_CODES.tooMany);
    if (message.type === MessageType.Subscribe) this.#startOperation(message);
    else if (message.type === MessageType.Complete) this.#completeOperation(message);
    else this.#pass(text);
  }

  /** Passes on an empty query: `subscribe` reads the payload from the running operations. */
  #startOperation({ type, id: clientId, payload }: SubscribeMessage): void {
    const id = this.#operations.start(clientId, payload);
    if (id === undefined) this.close(CLOSE_CODES.idInUse);
    else this.#pass(JSON.stringify({ type, id, payload: { query: '' } }));
  }

  #completeOperation({ type, id: clientId }: CompleteMessage): void {
    const id = this.#operations.complete(clientId);
    if (id !== undefined) this.#pass(JSON.stringify({ type, id }));
  }

  /** Passes a message to graphql-ws. */
  #pass(text: string): void {
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

  #accepts(type: MessageType): boolean {
    if (type === MessageType.ConnectionInit) this.#messagesBeforeInit = Number.POSITIVE_INFINITY;
    this.#messagesBeforeInit -= 1;
    return this.#messagesBeforeInit >= 0;
  }

  /** Counts the connection against its address's rate. @returns whether to acknowledge it */
  async init(): Promise<boolean> {
    const rate = await this.#options.services.authenticator.consume(this.#peer.address);
    if (rate?.exceeded) this.close(CLOSE_CODES.tooMany);
    return !rate?.exceeded;
  }

  /**
   * Starts a subscription.
   * @param id of the operation, ours
   * @param authorization as sent with `connection_init`
   * @returns what graphql-ws is to run, or why it can't
   */
  async subscribe(id: string, authorization: unknown) {
    const payload = this.#operations.payloadOf(id);
    const requestId = this.#options.services.ids.request();
    const credential = tokenCredential(bearerToken(typeof authorization === 'string' ? authorization : undefined));
    const authenticator = await this.#admit(requestId, credential);
    const started =
      authenticator instanceof DomainError
        ? { errors: [new GraphQLError('', { originalError: authenticator })] }
        : await this.#startAdmitted(payload, authenticator, requestId, credential);
    return 'errors' in started ? started.errors.map((error) => toGraphQLError(domainErrorOf(error), requestId, error)) : started;
  }

  /** The document is parsed only here, for a sender who is signed in. */
  async #startAdmitted(
    { query, variables, operationName }: SubscribePayload,
    authenticator: Authenticator,
    requestId: RequestId,
    credential: Credential | undefined,
  ) {
    const { services, schema } = this.#options;
    const operation = { query, variables: variables ?? {}, operationName: operationName ?? undefined, isKeyed: false };
    const measured = measureOperation(schema, operation, 'websocket');
    const prepared = 'errors' in measured ? measured : validateOperation(schema, measured);
    if (!('errors' in prepared)) return this.#start(prepared, { ...services, authenticator }, requestId, credential);
    const [first] = prepared.errors;
    if (first) await this.#track(requestId, {}, domainErrorOf(first));
    return prepared;
  }

  /** Reports a rejected subscription. */
  #track(requestId: RequestId, progress: RequestProgress, error: unknown): Promise<DomainError> {
    const request = { requestId, traceparent: this.#peer.traceparent };
    const { telemetry } = this.#options.services;
    return trackRequest(telemetry, watchLoan.endpoint, request, progress, () => Promise.reject(error));
  }

  /** @returns an error for a sender who is not signed in or over the rate, which is reported as a failed subscription */
  async #admit(requestId: RequestId, credential: Credential | undefined): Promise<Authenticator | DomainError> {
    const { authenticator } = this.#options.services;
    const progress: RequestProgress = {};
    try {
      const { authenticator: admitted, rejection } = await admit(
        authenticator,
        { credential, address: this.#peer.address },
        progress,
      );
      if (rejection) throw rejection;
      return admitted;
    } catch (error) {
      // Nothing but more of the same can come from a sender who is not signed in.
      if (!progress.identity && progress.rate?.exceeded) this.close(CLOSE_CODES.tooMany);
      return this.#track(requestId, progress, error);
    }
  }

  async #start(prepared: PreparedOperation, services: Services, requestId: RequestId, credential: Credential | undefined) {
    const contextValue = new RunningSubscription(requestId, (args) => this.#watch(args, services, requestId, credential));
    const args = { ...prepared, contextValue };
    const results = await subscribe(args);
    if (!(Symbol.asyncIterator in results)) return { errors: results.errors ?? [] };
    contextValue.results = results;
    return args;
  }

  async #watch(
    args: object,
    services: Services,
    requestId: RequestId,
    credential: Credential | undefined,
  ): Promise<AsyncIterable<LoanEventPayload>> {
    const { limits } = this.#options;
    if (this.#connection.subscriptionCount + this.#opening >= limits.subscriptionsMax) {
      const message = `This connection has ${limits.subscriptionsMax} subscriptions, the most there may be. Complete one, or open another connection.`;
      throw conflict(message);
    }
    this.#opening += 1;
    const stream = await streamLoan(services, { ...this.#peer, requestId, credential, parameters: membersOf(args) });
    this.#opening -= 1;
    if (stream instanceof DomainError) throw stream;
    const { expiresAt, onSessionEnd } = stream;
    const expiresInMs = expiresAt - services.clock();
    const end = this.#connection.addSubscription(() => stream.close(), { expiresInMs, onSessionEnd });
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

/** @returns undefined where the text is no message that clients send, or too long */
function clientMessage(text: string): ClientMessage | undefined {
  let message: ReturnType<typeof parseMessage>;
  try {
    message = parseMessage(text);
  } catch {
    return undefined;
  }
  switch (message.type) {
    case MessageType.Subscribe:
    case MessageType.Complete:
      return message.id.length > ID_LENGTH_MAX ? undefined : message;
    case MessageType.ConnectionInit:
      return text.length > INIT_LENGTH_MAX ? undefined : message;
    case MessageType.Ping:
    case MessageType.Pong:
      return message;
    default:
      return undefined;
  }
}
