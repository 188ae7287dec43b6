import { existsSync } from 'node:fs';
import path from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { LendingStack } from './lending-stack.ts';
import { DeploymentError, readSettings } from './settings.ts';

const BUILT = path.resolve(import.meta.dirname, '../dist/lambda');

/**
 * Adds the stack that the app's context describes, and the checks that every synthesis must pass.
 * @throws DeploymentError with what must be mended first
 */
export function addLending(app: App): LendingStack {
  const settings = readSettings(app.node.getAllContext());
  const stack = new LendingStack(app, {
    settings,
    bundles: {
      api: bundleIn(settings.bundles ?? BUILT, 'api'),
      socket: bundleIn(settings.bundles ?? BUILT, 'socket'),
      stream: bundleIn(settings.bundles ?? BUILT, 'stream'),
      import: bundleIn(settings.bundles ?? BUILT, 'import'),
      clock: bundleIn(settings.bundles ?? BUILT, 'clock'),
    },
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return stack;
}

function bundleIn(folder: string, name: string): string {
  const bundle = path.resolve(folder, name);
  if (!existsSync(path.join(bundle, 'index.mjs'))) {
    throw new DeploymentError([`there is no ${path.join(bundle, 'index.mjs')}: run npm run build first`]);
  }
  return bundle;
}
