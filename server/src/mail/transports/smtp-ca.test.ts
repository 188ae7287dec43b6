import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { messageOf } from '../../testing/mail/mail-fixtures.ts';
import { startMailServer } from '../../testing/mail/smtp-server.ts';
import { CERTIFICATE, KEY } from '../../testing/mail/test-certificate.ts';

const TRANSPORT = new URL('./smtp.ts', import.meta.url).href;

it.each([true, false])(
  'sends to a server with a certificate of its own only where NODE_EXTRA_CA_CERTS names it: %s',
  async (isTrusted) => {
    const folder = await mkdtemp(join(tmpdir(), 'lending-ca-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'ca.pem');
    await writeFile(file, CERTIFICATE);
    const server = await startMailServer({ key: KEY, cert: CERTIFICATE });
    onTestFinished(server.close);
    // Node reads the variable when it starts.
    const script = `
    const { smtpTransport } = await import(${JSON.stringify(TRANSPORT)});
    const transport = smtpTransport(${JSON.stringify({ ...server.address, tls: 'required' })});
    const outcome = await transport.send(${JSON.stringify(messageOf())}).then(() => 'sent', ({ message }) => message);
    await transport.close();
    console.log(outcome);`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--experimental-strip-types', '--input-type=module', '-e', script],
      {
        env: { NODE_NO_WARNINGS: '1', ...(isTrusted && { NODE_EXTRA_CA_CERTS: file }) },
      },
    );
    expect(stdout).toMatch(isTrusted ? /^sent\n$/ : /self-signed certificate/);
    expect(server.delivered).toHaveLength(isTrusted ? 1 : 0);
  },
);
