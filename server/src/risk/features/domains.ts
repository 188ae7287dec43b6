import { isDisposableDomain } from '../names/disposable-domains.ts';
import type { Address } from './address.ts';
import { cluster, share } from './shares.ts';

export interface DomainFeatures {
  readonly distinctDomains: number;
  readonly oneDomain: number;
  readonly freeMail: number;
  readonly newDomains: number;
  readonly disposable: number;
}

/** @param batch of at least one address @param earlier addresses that the sender invited before, as far as the window reaches */
export function domainFeatures(batch: readonly Address[], earlier: readonly Address[]): DomainFeatures {
  const all = [...batch, ...earlier];
  const organizations = organizationsOf(all);
  const known = new Set(earlier.map(({ organization }) => organization));
  const fresh = earlier.length === 0 ? [] : organizationsOf(batch).filter((organization) => !known.has(organization));
  const listed = new Map<string, boolean>();
  const isDisposable = ({ domain }: Address) => {
    const result = listed.get(domain) ?? isDisposableDomain(domain);
    listed.set(domain, result);
    return result;
  };
  return {
    distinctDomains: share(new Set(organizations).size, all.length),
    oneDomain: cluster(organizations, all.length),
    freeMail: share(all.filter(({ isFreeMail }) => isFreeMail).length, all.length),
    newDomains: share(fresh.length, batch.length),
    disposable: share(all.filter((address) => !address.isFreeMail && isDisposable(address)).length, all.length),
  };
}

/** Of addresses at organizations: neither public providers nor relays. */
function organizationsOf(addresses: readonly Address[]): string[] {
  return addresses.filter(({ isFreeMail, isRelay }) => !isFreeMail && !isRelay).map(({ organization }) => organization);
}
