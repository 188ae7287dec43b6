import { tabStore } from './text-store.ts';

/** Whether someone has been signed in in this tab, also before a reload: then a page that asks to sign in says why. */
const KEY = 'lending.signed-in';

/** To be called where a user is signed in. */
export function rememberSignedIn(): void {
  tabStore.setItem(KEY, '1');
}

/** To be called where the user signs out. */
export function forgetSignedIn(): void {
  tabStore.removeItem(KEY);
}

export function wasSignedIn(): boolean {
  return tabStore.getItem(KEY) !== null;
}
