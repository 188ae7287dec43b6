import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOW } from '../../testing/app/domain-fixtures.ts';
import { messageOf } from '../../testing/mail/mail-fixtures.ts';
import { emlTransport } from './eml-file.ts';

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lending-mail-'));
  folder = join(root, 'data', 'mail');
});

afterEach(() => rm(root, { recursive: true }));

describe('emlTransport', () => {
  it('writes a file that mail programs open and other users cannot read', async () => {
    await emlTransport(folder).send(messageOf());
    const [name = '', ...others] = await readdir(folder);
    expect([name, others]).toEqual([expect.stringMatching(/^20260301T091500\.000Z-[0-9a-f]{16}\.eml$/), []]);
    const mail = await PostalMime.parse(await readFile(join(folder, name)));
    expect(mail).toMatchObject({ messageId: messageOf().messageId, to: [{ address: 'ben@example.com' }] });
    const modes = await Promise.all([stat(folder), stat(join(folder, name))]);
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600]);
  });

  it('writes one file for a mail that is sent several times, even concurrently', async () => {
    const transport = emlTransport(folder);
    await Promise.all([transport.send(messageOf()), transport.send(messageOf()), emlTransport(folder).send(messageOf())]);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('names files so that they sort by time', async () => {
    const transport = emlTransport(folder);
    for (const [index, mailId] of ['c', 'a', 'b'].entries()) await transport.send(messageOf({ mailId, at: NOW + index * 1000 }));
    const names = (await readdir(folder)).sort();
    const ids = await Promise.all(
      names.map(async (name) => (await PostalMime.parse(await readFile(join(folder, name)))).messageId),
    );
    expect(ids.map((id) => id?.[1])).toEqual(['c', 'a', 'b']);
  });

  it('throws unavailable when the folder cannot be created', async () => {
    await writeFile(join(root, 'data'), 'a file');
    await expect(emlTransport(folder).send(messageOf())).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
  });
});
