import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBundles } from './testing/synthesized.ts';

const HERE = import.meta.dirname;
const CDK = path.join(HERE, 'node_modules/aws-cdk/bin/cdk');
/** Called from elsewhere, so that settings which somebody keeps here for a deployment of theirs don't come in. */
const APP = JSON.parse(readFileSync(path.join(HERE, 'cdk.json'), 'utf8')).app.replace('app.ts', path.join(HERE, 'app.ts'));
/** Nothing of the machine's: no credentials, no region, no proxy; and no way to the network, should anything try. */
const NOWHERE = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' };

let bundles: ReturnType<typeof openBundles>;

beforeAll(() => {
  bundles = openBundles();
});

afterAll(() => bundles.close());

async function synth(...context: readonly string[]) {
  const output = path.join(bundles.folder, 'cdk.out');
  rmSync(output, { recursive: true, force: true });
  const flags = context.flatMap((setting) => ['-c', setting]);
  const env = { ...NOWHERE, HOME: bundles.folder, PATH: path.dirname(process.execPath), CI: 'true' };
  const options = { cwd: bundles.folder, env };
  const args = [CDK, 'synth', '--quiet', '--app', APP, '--output', output, ...flags];
  const { code, stderr } = await promisify(execFile)(process.execPath, args, options).then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }) => ({ code, stderr }),
  );
  return { code, stderr, template: path.join(output, 'private-lending-prod.template.json') };
}

/** Two processes that load the whole CDK: seconds, and many of them on a busy machine. */
describe('cdk synth', { timeout: 120_000 }, () => {
  it('makes the template without a network, an account or a setting', async () => {
    const { code, stderr, template } = await synth(`bundles=${bundles.folder}`);
    expect(code, stderr).toBe(0);
    expect(readFileSync(template, 'utf8')).toContain('AWS::Cognito::UserPool');
  });

  it('says in a line what must be mended, and makes nothing', async () => {
    const { code, stderr, template } = await synth(`bundles=${path.join(bundles.folder, 'none')}`);
    expect(code).toBe(1);
    const missing = path.join(bundles.folder, 'none', 'api', 'index.mjs');
    expect(stderr).toContain(`This can't be deployed yet:\n  - there is no ${missing}: run npm run build first\n`);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(existsSync(template)).toBe(false);
  });
});
