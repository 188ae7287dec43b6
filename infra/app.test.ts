import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBundles } from './testing/synthesized.ts';

const HERE = import.meta.dirname;
const CDK = path.join(HERE, 'node_modules/aws-cdk/bin/cdk');
/** With an absolute path, as it runs in another folder, without the settings of a developer's cdk.context.json. */
const APP = JSON.parse(readFileSync(path.join(HERE, 'cdk.json'), 'utf8')).app.replace('app.ts', path.join(HERE, 'app.ts'));
/** A proxy that does not exist: any network access fails. */
const NO_NETWORK = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' };

let bundles: ReturnType<typeof openBundles>;

beforeAll(() => {
  bundles = openBundles();
});

afterAll(() => bundles.close());

async function synth(...context: readonly string[]) {
  const output = path.join(bundles.folder, 'cdk.out');
  rmSync(output, { recursive: true, force: true });
  const flags = context.flatMap((setting) => ['-c', setting]);
  const env = { ...NO_NETWORK, HOME: bundles.folder, PATH: path.dirname(process.execPath), CI: 'true' };
  const options = { cwd: bundles.folder, env };
  const args = [CDK, 'synth', '--quiet', '--app', APP, '--output', output, ...flags];
  const { code, stderr } = await promisify(execFile)(process.execPath, args, options).then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }) => ({ code, stderr }),
  );
  return { code, stderr, template: path.join(output, 'private-lending-prod.template.json') };
}

/** Each test loads the whole CDK in a new process, which takes seconds. */
describe('cdk synth', { timeout: 120_000 }, () => {
  it('creates the template without network access, an account or settings', async () => {
    const { code, stderr, template } = await synth(`bundles=${bundles.folder}`);
    expect(code, stderr).toBe(0);
    expect(readFileSync(template, 'utf8')).toContain('AWS::Cognito::UserPool');
  });

  it('prints invalid settings without a stack trace, and creates nothing', async () => {
    const { code, stderr, template } = await synth(`bundles=${path.join(bundles.folder, 'none')}`);
    expect(code).toBe(1);
    const missing = path.join(bundles.folder, 'none', 'api', 'index.mjs');
    expect(stderr).toContain(
      `Invalid deployment settings:\n  - ${missing} does not exist: run npm run build first, or deploy an older build from its commit\n`,
    );
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(template)).toBe(false);
  });
});
