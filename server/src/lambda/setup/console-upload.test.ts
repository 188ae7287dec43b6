import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHttpServer } from '../../testing/http-server.ts';
import { uploadConsole } from './console-upload.ts';

interface Uploaded {
  readonly path: string | undefined;
  readonly type: string | undefined;
  readonly cacheControl: string | undefined;
  readonly body: string;
}

let uploaded: Uploaded[];
let denials: number;
let folder: string;
let s3: Awaited<ReturnType<typeof startHttpServer>>;

beforeEach(async () => {
  [uploaded, denials] = [[], 0];
  folder = await mkdtemp(path.join(tmpdir(), 'console-upload-'));
  s3 = await startHttpServer(async (request, response) => {
    const body = await text(request);
    if (denials > 0) {
      denials -= 1;
      return response.writeHead(403, { 'Content-Type': 'application/xml' }).end('<Error><Code>AccessDenied</Code></Error>');
    }
    const { 'content-type': type, 'cache-control': cacheControl } = request.headers;
    uploaded.push({ path: request.url?.replace(/\?.*/, ''), type, cacheControl, body });
    return response.end();
  });
});

afterEach(async () => {
  await s3.close();
  await rm(folder, { recursive: true });
});

function upload(): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = { endpoint: s3.url, forcePathStyle: true, region: 'us-east-1', credentials, maxAttempts: 1 };
  return uploadConsole({ folder, bucket: 'files', client, deniedPauseMs: 1 });
}

describe('uploadConsole', () => {
  it('uploads each file with its type, to be kept for ever', async () => {
    await writeFile(path.join(folder, 'index-1a.js'), 'start("Zoë");');
    await writeFile(path.join(folder, 'index-2b.css'), 'p { margin: 0 }');
    await upload();
    const cacheControl = 'public, max-age=31536000, immutable';
    expect(uploaded.toSorted((a, b) => String(a.path).localeCompare(String(b.path)))).toEqual([
      { path: '/files/assets/index-1a.js', type: 'text/javascript; charset=UTF-8', cacheControl, body: 'start("Zoë");' },
      { path: '/files/assets/index-2b.css', type: 'text/css; charset=UTF-8', cacheControl, body: 'p { margin: 0 }' },
    ]);
  });

  it('uploads more files than it sends at once', async () => {
    const names = Array.from({ length: 23 }, (_, index) => `part-${index}.js`);
    for (const name of names) await writeFile(path.join(folder, name), '');
    await upload();
    expect(new Set(uploaded.map(({ path }) => path))).toEqual(new Set(names.map((name) => `/files/assets/${name}`)));
  });

  it('waits until the permissions of a new role apply, but not for ever', async () => {
    await writeFile(path.join(folder, 'index-1a.js'), '');
    denials = 8;
    await upload();
    expect(uploaded).toHaveLength(1);
    denials = 9;
    await expect(upload()).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('rejects a file of an unknown type', async () => {
    await writeFile(path.join(folder, 'x.wasm'), '');
    await expect(upload()).rejects.toThrow('unknown type');
    expect(uploaded).toEqual([]);
  });
});
