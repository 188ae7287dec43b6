import type { SmtpServer } from './smtp-url.ts';
import type { MailTransport } from './transport.ts';

/** By what mail leaves. */
export type MailTransportConfig =
  | { readonly kind: 'smtp'; readonly server: SmtpServer }
  | { readonly kind: 'eml'; readonly folder: string }
  | { readonly kind: 'ses' }
  | { readonly kind: 'none' };

/** Each transport is loaded only where it is used. @returns undefined where no mail is to be sent */
export async function createTransport(transport: MailTransportConfig): Promise<MailTransport | undefined> {
  switch (transport.kind) {
    case 'smtp': {
      const { smtpTransport } = await import('./smtp.ts');
      return smtpTransport(transport.server);
    }
    case 'eml': {
      const { emlTransport } = await import('./eml-file.ts');
      return emlTransport(transport.folder);
    }
    case 'ses': {
      const { sesTransport } = await import('./ses.ts');
      return sesTransport();
    }
    case 'none':
      return undefined;
  }
}
