import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOW } from '../../testing/app/domain-fixtures.ts';
import { messageOf } from '../../testing/mail/mail-fixtures.ts';
import { emlTransport } from './eml-file.ts';

let place: string;
let folder: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'lending-mail-'));
  folder = join(place, 'data', 'mail');
});

afterEach(() => rm(place, { recursive: true }));

describe('mail as files', () => {
  it('is a file that a mail program opens, which nobody else may read', async () => {
    await emlTransport(folder).send(messageOf());
    const [name = '', ...others] = await readdir(folder);
    expect([name, others]).toEqual([expect.stringMatching(/^20260301T091500\.000Z-[0-9a-f]{16}\.eml$/), []]);
    const mail = await PostalMime.parse(await readFile(join(folder, name)));
    expect(mail).toMatchObject({ messageId: messageOf().messageId, to: [{ address: 'ben@example.com' }] });
    const modes = await Promise.all([stat(folder), stat(join(folder, name))]);
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600]);
  });

  it('is one file however often it is sent, also at once', async () => {
    const transport = emlTransport(folder);
    await Promise.all([transport.send(messageOf()), transport.send(messageOf()), emlTransport(folder).send(messageOf())]);
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('stands in the order in which it was written', async () => {
    const transport = emlTransport(folder);
    for (const [index, letterId] of ['c', 'a', 'b'].entries())
      await transport.send(messageOf({ letterId, at: NOW + index * 1000 }));
    const names = (await readdir(folder)).sort();
    const ids = await Promise.all(
      names.map(async (name) => (await PostalMime.parse(await readFile(join(folder, name)))).messageId),
    );
    expect(ids.map((id) => id?.[1])).toEqual(['c', 'a', 'b']);
  });

  it('waits where there is no room for it', async () => {
    await writeFile(join(place, 'data'), 'a file');
    await expect(emlTransport(folder).send(messageOf())).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
  });
});
