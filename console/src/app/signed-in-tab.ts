/** Whether someone has been signed in in this tab, also before a reload: then a page that asks to sign in says why. */
const KEY = 'lending.signed-in';

type FlagStorage = Pick<Storage, 'getItem' | 'removeItem' | 'setItem'>;

/** To be called where a user is signed in. */
export function rememberSignedIn(storage: FlagStorage): void {
  try {
    storage.setItem(KEY, '1');
  } catch {} // turned off: the sign-in page gives no reason
}

/** To be called where the user signs out. */
export function forgetSignedIn(storage: FlagStorage): void {
  try {
    storage.removeItem(KEY);
  } catch {}
}

export function wasSignedIn(storage: FlagStorage): boolean {
  try {
    return storage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}
