import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import { ASSET_CACHE_CONTROL, assetType } from '../../api/http/console/console-files.ts';

/** Uploads that run at once. */
const UPLOADS_MAX = 10;
const CONNECT_MS_MAX = 2000;
const REQUEST_MS_MAX = 10_000;
const ATTEMPTS_MAX = 4;
/** The permissions of a new role take some seconds until they apply. */
const DENIED_RETRIES_MAX = 8;
const DENIED_PAUSE_MS = 4000;

export interface ConsoleUpload {
  readonly folder: string;
  readonly bucket: string;
  /** Overrides what the SDK reads from its environment variables. */
  readonly client?: S3ClientConfig;
  readonly deniedPauseMs?: number;
}

/**
 * Uploads all files in a folder to `assets/` in a bucket. Files of earlier builds stay, for pages that are open: as a name has a
 * hash of the content, no file replaces another.
 */
export async function uploadConsole(options: ConsoleUpload): Promise<void> {
  const { folder, bucket, client, deniedPauseMs = DENIED_PAUSE_MS } = options;
  const s3 = new S3Client({
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: { connectionTimeout: CONNECT_MS_MAX, requestTimeout: REQUEST_MS_MAX, throwOnRequestTimeout: true },
    ...client,
  });
  const untilAllowed = retry(handleWhen(isDenied), {
    maxAttempts: DENIED_RETRIES_MAX,
    backoff: new ConstantBackoff(deniedPauseMs),
  });

  async function upload(name: string): Promise<void> {
    const object = {
      Bucket: bucket,
      Key: `assets/${name}`,
      Body: await readFile(path.join(folder, name)),
      ContentType: assetType(name),
      CacheControl: ASSET_CACHE_CONTROL,
    };
    await untilAllowed.execute(() => s3.send(new PutObjectCommand(object)));
  }

  try {
    const names = await readdir(folder);
    for (let start = 0; start < names.length; start += UPLOADS_MAX)
      await Promise.all(names.slice(start, start + UPLOADS_MAX).map(upload));
  } finally {
    s3.destroy();
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && error.name === 'AccessDenied';
}
