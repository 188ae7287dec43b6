/* The part of oidc-provider's API that the tests use; it has no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Claims {
    readonly sub: string;
    readonly [claim: string]: unknown;
  }

  export interface Artifact {
    readonly uid?: string;
    readonly userCode?: string;
    readonly grantId?: string;
  }

  export interface Adapter {
    upsert(id: string, artifact: Artifact): Promise<void>;
    find(id: string): Promise<Artifact | undefined>;
    findByUid(uid: string): Promise<Artifact | undefined>;
    findByUserCode(userCode: string): Promise<Artifact | undefined>;
    consume(id: string): Promise<void>;
    revokeByGrantId(grantId: string): Promise<void>;
    destroy(id: string): Promise<void>;
  }

  interface Grant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }

  interface Context {
    readonly oidc: {
      readonly client: { readonly clientId: string };
      readonly session: { readonly accountId: string };
      readonly provider: Provider;
    };
  }

  interface Configuration {
    readonly [option: string]: unknown;
    readonly adapter: (kind: string) => Adapter;
    readonly interactions: { url(context: Context, interaction: { readonly uid: string }): string };
    findAccount(context: Context, id: string): Promise<{ readonly accountId: string; claims(): Promise<Claims> } | undefined>;
    loadExistingGrant(context: Context): Promise<Grant>;
  }

  export class Provider {
    constructor(issuer: string, configuration: Configuration);
    readonly Grant: new (of: {
      readonly accountId: string;
      readonly clientId: string;
    }) => Grant;
    use(middleware: (context: { body: unknown; readonly path: string }, next: () => Promise<void>) => Promise<void>): void;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionDetails(
      request: IncomingMessage,
      response: ServerResponse,
    ): Promise<{ readonly params: { readonly login_hint?: string }; readonly prompt: { readonly name: string } }>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
  }
}
