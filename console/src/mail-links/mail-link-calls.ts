import { MailLinkClient } from '@private-lending/client';
import { basePath } from '../app/base-path.ts';

export const mailLinks = new MailLinkClient({ url: `${window.location.origin}${basePath}/` });
