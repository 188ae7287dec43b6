import { Readable } from 'node:stream';
import DataStream from 'nodemailer/lib/smtp-connection/data-stream';

/**
 * The content of a mail for DATA, which the connection pipes once the server accepts it. Goes to the socket in one write: nodemailer's
 * `DataStream` would check each byte, and write the end by itself.
 */
export class SmtpContent extends Readable {
  /** @param bytes in lines that end with CRLF, also the last one */
  constructor(bytes: Buffer) {
    super();
    this.push(stuffed(bytes));
    this.push(null);
  }

  override _read(): void {}

  override pipe<Destination extends NodeJS.WritableStream>(destination: Destination): Destination {
    const bytes: unknown = this.read();
    if (destination instanceof DataStream) {
      destination.push(bytes);
      destination.push(null);
    } else this.destroy(new TypeError('nodemailer pipes a mail to another stream than before'));
    return destination;
  }
}

/** By RFC 5321, section 4.5.2, with the end of the mail. */
function stuffed(bytes: Buffer): Buffer {
  return Buffer.from(`${bytes.toString('latin1').replaceAll('\r\n.', '\r\n..')}.\r\n`, 'latin1');
}
