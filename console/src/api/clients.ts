import { AuthClient, type Hooks, LendingClient } from '@private-lending/client';
import { basePath } from '../app/base-path.ts';
import { initialLanguage } from '../i18n/locale.ts';

/** Of the server that served this page. The browser sends the session's cookie. */
const url = `${window.location.origin}${basePath}/`;

/** The server writes mails to the user in the language that they chose here. */
const hooks: Hooks = { onRequest: ({ headers }) => headers.set('Accept-Language', initialLanguage()) };

export const lending = new LendingClient({ url, session: true, hooks });
export const auth = new AuthClient({ url, hooks });
