import type { SmtpServer } from './smtp-url.ts';
import type { Post } from './transport.ts';

/** By what mail leaves. */
export type MailTransport =
  | { readonly kind: 'smtp'; readonly server: SmtpServer }
  | { readonly kind: 'eml'; readonly folder: string }
  | { readonly kind: 'ses' }
  | { readonly kind: 'none' };

/** Each transport is loaded only where it is used. @returns undefined where no mail is to be sent */
export async function openPost(transport: MailTransport): Promise<Post | undefined> {
  switch (transport.kind) {
    case 'smtp': {
      const { smtpPost } = await import('./smtp.ts');
      return smtpPost(transport.server);
    }
    case 'eml': {
      const { emlPost } = await import('./eml-file.ts');
      return emlPost(transport.folder);
    }
    case 'ses': {
      const { sesPost } = await import('./ses.ts');
      return sesPost();
    }
    case 'none':
      return undefined;
  }
}
