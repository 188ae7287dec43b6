import { generateKeyPairSync, sign } from 'node:crypto';
import { startHttpServer } from '../../server/src/testing/http-server.ts';

/* An OpenID Connect issuer, so that all servers verify the same tokens: ES256, each verified once. */

const AUDIENCE = 'private-lending';
const HOUR_SECONDS = 3600;

export interface Issuer {
  readonly url: string;
  readonly audience: string;
  /** Of the user with this address. */
  token(email: string): string;
  close(): Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256', use: 'sig' };
  const documents: Record<string, object> = { '/jwks.json': { keys: [key] } };
  const { url, close } = await startHttpServer(({ url: path = '' }, response) => {
    const document = documents[path];
    response.writeHead(document ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(document ?? {}));
  });
  documents['/.well-known/openid-configuration'] = { issuer: url, jwks_uri: `${url}/jwks.json` };
  return {
    url,
    audience: AUDIENCE,
    token(email) {
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: url, aud: AUDIENCE, sub: email, email, email_verified: true, iat: now, exp: now + 12 * HOUR_SECONDS };
      const content = [{ alg: 'ES256', kid: 'bench' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${content}.${signature.toString('base64url')}`;
    },
    close,
  };
}
