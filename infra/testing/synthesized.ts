import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { vi } from 'vitest';
import { addLending } from '../create-stack.ts';

/** A temporary folder with bundles that do nothing. */
export function openBundles() {
  const folder = mkdtempSync(path.join(tmpdir(), 'lending-infra-'));
  for (const name of ['api', 'socket', 'stream', 'import', 'clock', 'setup', 'bounces']) {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, 'index.mjs'), `export const handler = () => '${name}';\n`);
  }
  mkdirSync(path.join(folder, 'setup', 'assets'));
  writeFileSync(path.join(folder, 'setup', 'assets', 'index-1a.js'), '');
  return { folder, close: () => rmSync(folder, { recursive: true }) };
}

export type Synthesized = ReturnType<typeof synthesize>;

/** The synthesized stack. */
export function synthesize(context: Readonly<Record<string, unknown>> = {}) {
  const bundles = openBundles();
  // Skips CloudFormation's own rules, which take seconds to load; app.test.ts applies them.
  vi.stubEnv('CDK_VALIDATION', 'false');
  try {
    const app = new App({ outdir: path.join(bundles.folder, 'out'), context: { bundles: bundles.folder, ...context } });
    const stack = addLending(app);
    return { app, stack, ...readTemplate(Template.fromStack(stack)) };
  } finally {
    vi.unstubAllEnvs();
    bundles.close();
  }
}

function readTemplate(template: Template) {
  const { Resources, Outputs } = template.toJSON();
  return {
    template,
    json: { Resources, Outputs },
    /** Properties of the only resource of a type whose logical id has this prefix. */
    properties(type: string, idPrefix = '') {
      const found = Object.entries(template.findResources(type)).filter(([name]) => name.startsWith(idPrefix));
      const [first, ...others] = found;
      if (!first || others.length > 0) throw new Error(`${found.length} resources match ${type} ${idPrefix}`);
      return first[1]['Properties'];
    },
  };
}
