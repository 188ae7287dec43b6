import { basePath } from '../../app/base-path.ts';
import { browserStore } from '../../app/text-store.ts';
import { PendingSignInStore } from './pending-sign-in.ts';

/** In all tabs of this browser: the link of the mail opens a new one. */
export const pendingSignIns = new PendingSignInStore(browserStore, `lending.sign-in${basePath}`);
