import { disposableEmailBlocklistSet } from 'disposable-email-domains-js';
import { isPrivacyRelay } from './privacy-relays.ts';

let listed: ReadonlySet<string> | undefined;

/** Whether the list of disposable domains has the domain, or one that it is a subdomain of, and it is no privacy relay. */
export function isDisposableDomain(domain: string): boolean {
  listed ??= disposableEmailBlocklistSet();
  if (isPrivacyRelay(domain)) return false;
  const labels = domain.split('.');
  for (let first = 0; first < labels.length - 1; first++) if (listed.has(labels.slice(first).join('.'))) return true;
  return false;
}
