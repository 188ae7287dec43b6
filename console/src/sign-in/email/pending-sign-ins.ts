import { basePath } from '../../app/base-path.ts';
import { PendingSignInStore, type TextStore } from './pending-sign-in.ts';

/** In all tabs of this browser: the link of the mail opens a new one. */
export const pendingSignIns = new PendingSignInStore(browserStore(), `lending.sign-in${basePath}`);

function browserStore(): TextStore {
  try {
    return window.localStorage;
  } catch {
    return { getItem: () => null, setItem() {}, removeItem() {} }; // turned off: this tab remembers it
  }
}
