import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
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

  it('keeps the newest files up to the limit, and files that are not its own', async () => {
    const transport = emlTransport(folder, { filesMax: 20, pruneEvery: 5 });
    await transport.send(messageOf({ mailId: 'first' }));
    await writeFile(join(folder, 'notes.eml'), 'mine');
    const counts: number[] = [];
    for (let index = 1; index <= 60; index += 1) {
      await transport.send(messageOf({ mailId: `mail-${index}`, at: NOW + index }));
      counts.push((await readdir(folder)).length);
    }
    expect(Math.max(...counts)).toBe(20 + 4 + 1);
    const names = (await readdir(folder)).sort();
    expect([names.at(-1), names.at(-2)?.slice(0, 20)]).toEqual(['notes.eml', '20260301T091500.060Z']);
  });

  it('deletes its files after 30 days', async () => {
    const transport = emlTransport(folder, { pruneEvery: 1 });
    for (const index of [1, 2, 3]) await transport.send(messageOf({ mailId: `mail-${index}`, at: NOW + index }));
    const [first = '', second = '', third] = (await readdir(folder)).sort();
    const before = Date.now() / 1000 - 31 * 86_400;
    for (const name of [first, second]) await utimes(join(folder, name), before, before);
    await transport.send(messageOf({ mailId: 'mail-3', at: NOW + 3 }));
    expect(await readdir(folder)).toEqual([third]);
  });

  it('deletes temporary files of processes that died, and none that is being written', async () => {
    await mkdir(folder, { recursive: true });
    const [abandoned, current] = [`.${randomUUID()}.part`, `.${randomUUID()}.part`];
    for (const name of [abandoned, current]) await writeFile(join(folder, name), 'half');
    await utimes(join(folder, abandoned), (NOW - 7_200_000) / 1000, (NOW - 7_200_000) / 1000);
    await utimes(join(folder, current), NOW / 1000, NOW / 1000);
    await emlTransport(folder, { clock: () => NOW }).send(messageOf());
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([current]);
  });

  it('gives each mail another name, also at the same time', async () => {
    const transport = emlTransport(folder);
    for (let index = 0; index < 50; index += 1) await transport.send(messageOf({ mailId: `mail-${index}` }));
    expect(await readdir(folder)).toHaveLength(50);
  });

  it('throws unavailable when the folder cannot be created', async () => {
    await writeFile(join(root, 'data'), 'a file');
    await expect(emlTransport(folder).send(messageOf())).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/ENOTDIR|EEXIST/),
    });
  });
});
