import { AuthClient, LendingClient } from '@private-lending/client';
import { basePath } from '../app/base-path.ts';

/** Of the server that served this page. The browser sends the session's cookie. */
const url = `${window.location.origin}${basePath}/`;

export const lending = new LendingClient({ url, session: true });
export const auth = new AuthClient({ url });
