import {
  ApiGatewayManagementApiClient,
  type ApiGatewayManagementApiClientConfig,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { GoneError, type RemoteSockets } from './remote-sockets.ts';

const TRY_MS_MAX = 3000;
const CONNECT_MS_MAX = 1000;
/** Concurrent calls, of a message each; also the HTTP connections that are kept open. */
const CALLS_MAX = 64;

export interface ApiGatewayOptions {
  /** `https://ID.execute-api.REGION.amazonaws.com/STAGE` */
  readonly endpoint: string;
  /** What is left out the SDK takes from its own environment variables. */
  readonly client?: ApiGatewayManagementApiClientConfig;
}

/** The connections of a WebSocket API of API Gateway. */
export function apiGatewaySockets({ endpoint, client }: ApiGatewayOptions): RemoteSockets {
  const api = new ApiGatewayManagementApiClient({
    ...client,
    endpoint,
    maxAttempts: 1, // the caller retries
    requestHandler: {
      connectionTimeout: CONNECT_MS_MAX,
      httpAgent: { maxSockets: CALLS_MAX },
      httpsAgent: { maxSockets: CALLS_MAX },
    },
  });
  const withTimeout = () => ({ abortSignal: AbortSignal.timeout(TRY_MS_MAX) });
  return {
    async send(connectionId, text) {
      await api.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: text }), withTimeout()).catch(rethrow);
    },
    async close(connectionId) {
      await api.send(new DeleteConnectionCommand({ ConnectionId: connectionId }), withTimeout()).catch((error: unknown) => {
        if (!(error instanceof GoneException)) throw error;
      });
    },
  };
}

function rethrow(error: unknown): never {
  throw error instanceof GoneException ? new GoneError(error) : error;
}
