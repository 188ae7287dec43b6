import {
  ApiGatewayManagementApiClient,
  type ApiGatewayManagementApiClientConfig,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { GoneError, type Sockets } from './remote-sockets.ts';

const TRY_MS_MAX = 3000;
const CONNECT_MS_MAX = 1000;
/** A call is one message: so many are under way at once, and no more connections are kept. */
const CALLS_MAX = 64;

export interface ApiGatewayOptions {
  /** `https://ID.execute-api.REGION.amazonaws.com/STAGE` */
  readonly endpoint: string;
  /** As whom and how; what is left out the SDK finds by its own variables. */
  readonly client?: ApiGatewayManagementApiClientConfig;
  readonly tryMsMax?: number;
}

/** The connections of a WebSocket API of API Gateway. */
export function apiGatewaySockets({ endpoint, client, tryMsMax = TRY_MS_MAX }: ApiGatewayOptions): Sockets {
  const api = new ApiGatewayManagementApiClient({
    ...client,
    endpoint,
    maxAttempts: 1, // whoever sends counts the tries
    requestHandler: {
      connectionTimeout: CONNECT_MS_MAX,
      httpAgent: { maxSockets: CALLS_MAX },
      httpsAgent: { maxSockets: CALLS_MAX },
    },
  });
  const inTime = () => ({ abortSignal: AbortSignal.timeout(tryMsMax) });
  return {
    async send(connectionId, text) {
      await api.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: text }), inTime()).catch(rethrow);
    },
    async close(connectionId) {
      await api.send(new DeleteConnectionCommand({ ConnectionId: connectionId }), inTime()).catch((thrown: unknown) => {
        if (!(thrown instanceof GoneException)) throw thrown;
      });
    },
  };
}

function rethrow(thrown: unknown): never {
  throw thrown instanceof GoneException ? new GoneError(thrown) : thrown;
}
