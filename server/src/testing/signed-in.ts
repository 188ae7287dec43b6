import { AUDIENCE, type IdentityProvider } from './identity-provider.ts';
import { type Answer, type Lab, type LabOptions, openLab } from './lab.ts';

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
