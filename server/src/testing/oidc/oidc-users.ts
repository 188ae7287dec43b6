import { type Answer, type Lab, type LabOptions, openLab } from '../app/test-app.ts';
import { AUDIENCE, type IdentityProvider } from './identity-provider.ts';

/** A lab that takes the ID tokens of an issuer, at the hour of day at which the issuer makes them. */
export async function openLabFor(
  { issuer }: Pick<IdentityProvider, 'issuer'>,
  {
    claims = {},
    ...options
  }: LabOptions & { readonly claims?: { readonly emailClaim?: string; readonly emailVerifiedClaim?: string } } = {},
): Promise<Lab> {
  const auth = { issuer, audience: AUDIENCE, emailClaim: 'email', emailVerifiedClaim: 'email_verified', ...claims };
  const lab = await openLab({ ...options, config: { ...options.config, auth } });
  lab.pass(Date.now() - lab.now);
  return lab;
}

/** Asks for something that every signed-in user may have. */
export function askWith(lab: Lab, token: string): Promise<Answer> {
  return lab.send('GET', '/loans', { headers: bearer(token) });
}

export function bearer(token: string): { Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}

/** A user of the issuer under an address: the same `sub` with another is the same user, who has changed it. */
export async function userAt(lab: Lab, provider: IdentityProvider, sub: string, email: string) {
  const iat = Math.floor(lab.now / 1000);
  const claims = { iss: provider.issuer, aud: AUDIENCE, iat, exp: iat + 3600, sub, email, email_verified: true };
  const token = await provider.sign(claims);
  const headers = bearer(token);
  return {
    token,
    get: (path: string) => lab.send('GET', path, { headers }),
    post: (path: string, body?: unknown, more: Readonly<Record<string, string>> = {}) =>
      lab.send('POST', path, { headers: { ...headers, ...more }, ...(body !== undefined && { body }) }),
    delete: (path: string) => lab.send('DELETE', path, { headers }),
  };
}
