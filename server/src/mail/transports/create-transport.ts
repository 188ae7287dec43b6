import type { SmtpServer } from './smtp-url.ts';
import type { MailTransport } from './transport.ts';

export type MailTransportConfig =
  | { readonly kind: 'smtp'; readonly server: SmtpServer }
  | { readonly kind: 'eml'; readonly folder: string }
  | { readonly kind: 'ses'; readonly configurationSet?: string | undefined }
  | { readonly kind: 'none' };

/** Loads only the configured transport. @returns undefined if no mail is sent */
export async function createTransport(config: MailTransportConfig): Promise<MailTransport | undefined> {
  switch (config.kind) {
    case 'smtp': {
      const { smtpTransport } = await import('./smtp.ts');
      return smtpTransport(config.server);
    }
    case 'eml': {
      const { emlTransport } = await import('./eml-file.ts');
      return emlTransport(config.folder);
    }
    case 'ses': {
      const { sesTransport } = await import('./ses.ts');
      return sesTransport({ configurationSet: config.configurationSet });
    }
    case 'none':
      return undefined;
  }
}
