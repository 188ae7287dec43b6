import type { TextStore } from '../app/text-store.ts';

/** The parts of an address that a mail's link has: the token is in the fragment, or for one-click unsubscription in the query. */
interface LinkAddress {
  readonly hash: string;
  readonly search: string;
}

/** Tokens are letters and digits of base64url. The shorter `#main` is a place in the page. */
const TOKEN = /^[\w-]{5,200}$/;

/** @returns undefined where the address has no token */
export function tokenIn({ hash, search }: LinkAddress): string | undefined {
  const token = hash.slice(1) || (new URLSearchParams(search).get('token') ?? '');
  return TOKEN.test(token) ? token : undefined;
}

interface Tab {
  readonly location: LinkAddress & { readonly pathname: string };
  readonly history: Pick<History, 'replaceState' | 'state'>;
  readonly store: TextStore;
}

/**
 * Takes the token out of the address, so that it is neither seen nor kept in the history, and remembers it for this tab: it survives
 * a reload and the way through the sign-in.
 * @param key of the link, such as the loan's id
 * @returns the token, also where it was taken out before
 */
export function takeToken(key: string, { location, history, store }: Tab): string | undefined {
  const token = tokenIn(location);
  if (token === undefined) return rememberedToken(key, store);
  rememberToken(key, token, store);
  history.replaceState(history.state, '', location.pathname);
  return token;
}

/** Remembers a token in this tab. */
export function rememberToken(key: string, token: string, store: TextStore): void {
  store.setItem(nameOf(key), token);
}

/** @returns the token that this tab remembers */
export function rememberedToken(key: string, store: TextStore): string | undefined {
  return store.getItem(nameOf(key)) ?? undefined;
}

const nameOf = (key: string) => `mail-link:${key}`;
