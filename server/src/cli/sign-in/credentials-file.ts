import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { UserEnvironment } from '../../config/user-environment.ts';
import { AdvisedError } from '../failure.ts';
import { UsageError } from '../lending-command.ts';

const credential = z.object({
  token: z.string(),
  /** RFC 3339. */
  expires_at: z.string(),
  email: z.string().nullable(),
  /** Of an OpenID Connect issuer, to renew the token. */
  refresh: z
    .object({ token: z.string(), issuer: z.string(), client_id: z.string(), renews: z.enum(['access_token', 'id_token']) })
    .optional(),
});

const content = z.object({
  /** URL of the server of the last sign-in. */
  current: z.string().optional(),
  /** By URL of the server. */
  credentials: z.record(z.string(), credential),
});

export type Credential = z.output<typeof credential>;
type Content = z.output<typeof content>;

const EMPTY: Content = { credentials: {} };
const NAME = 'credentials.json';
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** The user's credentials, in a file that only they can read. The servers are named by their normalized URLs. */
export class CredentialsFile {
  readonly #folder: string | undefined;
  readonly #hasModes: boolean;

  constructor({ configFolder, platform }: Pick<UserEnvironment, 'configFolder' | 'platform'>) {
    this.#folder = configFolder;
    this.#hasModes = platform !== 'win32';
  }

  /** @throws AdvisedError for a file that others can read */
  find(url: string): Credential | undefined {
    return this.#read().credentials[normalize(url)];
  }

  /** URL of the last sign-in. */
  get current(): string | undefined {
    return this.#read().current;
  }

  save(url: string, saved: Credential): void {
    const key = normalize(url);
    this.#write({ current: key, credentials: { ...this.#read().credentials, [key]: saved } });
  }

  /** A token that was renewed: the server of the last sign-in remains. */
  update(url: string, renewed: Credential): void {
    const { credentials, ...rest } = this.#read();
    this.#write({ ...rest, credentials: { ...credentials, [normalize(url)]: renewed } });
  }

  delete(url: string): void {
    const key = normalize(url);
    const { current, credentials } = this.#read();
    const rest = Object.fromEntries(Object.entries(credentials).filter(([each]) => each !== key));
    this.#write({ ...(current !== key && { current }), credentials: rest });
  }

  #read(): Content {
    const path = this.#folder === undefined ? undefined : join(this.#folder, NAME);
    const text = path === undefined ? undefined : this.#readPrivate(path);
    return path === undefined || text === undefined ? EMPTY : parse(text, path);
  }

  /** @returns undefined where there is none */
  #readPrivate(path: string): string | undefined {
    let file: number | undefined;
    try {
      file = openSync(path, 'r');
      this.#requirePrivate(path, fstatSync(file).mode & OTHERS, '600');
      this.#requirePrivate(dirname(path), statSync(dirname(path)).mode & OTHERS_WRITE, '700');
      return readFileSync(file, 'utf8');
    } catch (error) {
      const { code, message } = Object(error);
      if (error instanceof AdvisedError) throw error;
      if (code === 'ENOENT') return undefined;
      throw new UsageError(`The credentials in ${path} can't be read: ${message}`);
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }

  /** Readers see the old file or the new one, never a part. */
  #write(changed: Content): void {
    if (this.#folder === undefined) throw new UsageError('There is no folder for credentials: set HOME or XDG_CONFIG_HOME.');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, NAME);
    const temporary = `${path}.${randomUUID()}`;
    try {
      writeNew(temporary, `${JSON.stringify(changed, null, 2)}\n`);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  #requirePrivate(path: string, rightsOfOthers: number, mode: string): void {
    if (!this.#hasModes || rightsOfOthers === 0) return;
    const error = new UsageError(`Others can ${mode === '600' ? 'read' : 'replace'} your credentials: ${path} is not yours alone.`);
    throw new AdvisedError(
      error,
      `If nobody has used them, run: chmod ${mode} "${path}". Else sign out everywhere, and sign in again.`,
    );
  }
}

function writeNew(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function parse(text: string, path: string): Content {
  try {
    return content.parse(JSON.parse(text));
  } catch {
    throw new AdvisedError(new UsageError(`${path} is damaged.`), 'Delete it, and sign in again.');
  }
}

/** One server has one key, however its URL is typed. */
function normalize(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname.replace(/(?<!\/)\/+$/, '');
}
