import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Credential, CredentialsFile } from './credentials-file.ts';

const A = 'https://a.example.com';
const B = 'https://b.example.com/lending';
const ANA: Credential = { token: 'TOKEN-OF-ANA', expires_at: '2026-03-01T09:15:00.000Z', email: 'ana@example.com' };
const BEN: Credential = { ...ANA, token: 'TOKEN-OF-BEN', email: null };

let home: string;
let file: CredentialsFile;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'lending-home-'));
  file = at('linux');
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const folder = () => join(home, 'config', 'private-lending');
const path = () => join(folder(), 'credentials.json');
const at = (platform: NodeJS.Platform) => new CredentialsFile({ configFolder: folder(), platform });
const modeOf = (name: string) => (statSync(name).mode & 0o777).toString(8);

function errorOf(run: () => unknown): { readonly message: string; readonly advice?: string } {
  try {
    run();
  } catch (error) {
    return Object(error);
  }
  throw new Error('it did not fail');
}

describe('CredentialsFile', () => {
  it('is empty where there is none, and creates nothing by reading', () => {
    expect([file.find(A), file.current]).toEqual([undefined, undefined]);
    expect(existsSync(folder())).toBe(false);
  });

  it('keeps a credential for each server, and the server of the last login', () => {
    file.save(A, ANA);
    file.save(B, BEN);
    expect([file.find(A), file.find(B), file.current]).toEqual([ANA, BEN, B]);
    file.update(A, BEN);
    expect([file.find(A), file.current]).toEqual([BEN, B]);
    file.delete(B);
    expect([file.find(A), file.find(B), file.current]).toEqual([BEN, undefined, undefined]);
  });

  it.each(['https://b.example.com/lending/', 'https://B.example.com:443/lending', 'https://b.example.com/lending?x#y'])(
    'finds a server by another form of its URL: %s',
    (url) => {
      file.save(url, BEN);
      expect([file.find(B), file.find(url), file.current]).toEqual([BEN, BEN, B]);
    },
  );

  it('can be read by its owner only, whatever the umask', () => {
    const before = process.umask(0);
    try {
      file.save(A, ANA);
      file.save(A, BEN);
    } finally {
      process.umask(before);
    }
    expect([modeOf(path()), modeOf(folder())]).toEqual(['600', '700']);
    expect(readdirSync(folder())).toEqual(['credentials.json']);
  });

  it.each([
    ['640', () => path(), 'Others can read', 'chmod 600'],
    ['602', () => path(), 'Others can read', 'chmod 600'],
    ['720', () => folder(), 'Others can replace', 'chmod 700'],
  ])('rejects the mode %s of %s, says how to fix it, and shows no token', (mode, name, message, advice) => {
    file.save(A, ANA);
    chmodSync(name(), Number.parseInt(mode, 8));
    for (const run of [() => file.find(A), () => file.current, () => file.save(B, BEN)]) {
      const error = errorOf(run);
      expect(error.message).toContain(message);
      expect(error.advice).toContain(`${advice} "${name()}"`);
    }
    expect(JSON.stringify(errorOf(() => file.find(A)))).not.toContain('TOKEN');
    expect(at('win32').find(A)).toEqual(ANA); // where modes say nothing
  });

  it.each(['', '{', '[]', '{"credentials":{"https://a.example.com":{"token":1}}}'])(
    'rejects a file that is damaged: %s',
    (text) => {
      file.save(A, ANA);
      writeFileSync(path(), text);
      expect(errorOf(() => file.find(A))).toMatchObject({
        message: `${path()} is damaged.`,
        advice: 'Delete it, and sign in again.',
      });
    },
  );

  it('reports what can not be read', () => {
    mkdirSync(path(), { recursive: true, mode: 0o700 });
    expect(() => file.find(A)).toThrow(`The credentials in ${path()} can't be read: EISDIR`);
  });

  it('needs a folder of the user to write to, and not to read', () => {
    const homeless = new CredentialsFile({ configFolder: undefined, platform: 'linux' });
    expect(homeless.find(A)).toBeUndefined();
    expect(() => homeless.save(A, ANA)).toThrow('There is no folder for credentials: set HOME or XDG_CONFIG_HOME.');
  });

  it('ends in a line end, as JSON with a row for each server', () => {
    file.save(A, ANA);
    const text = readFileSync(path(), 'utf8');
    expect(text.endsWith('}\n')).toBe(true);
    expect(JSON.parse(text)).toEqual({ current: A, credentials: { [A]: ANA } });
  });
});
