import { disposableEmailBlocklistSet } from 'disposable-email-domains-js';
import { isPrivacyRelay } from './privacy-relays.ts';

let listed: ReadonlySet<string> | undefined;

/** Whether the list of disposable domains has the domain, or one that it is a subdomain of, and it is no privacy relay. */
export function isDisposableDomain(domain: string): boolean {
  listed ??= disposableEmailBlocklistSet();
  if (isPrivacyRelay(domain)) return false;
  for (let parent = domain; parent.includes('.'); parent = parent.slice(parent.indexOf('.') + 1))
    if (listed.has(parent)) return true;
  return false;
}
