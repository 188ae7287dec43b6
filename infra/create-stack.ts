import { existsSync } from 'node:fs';
import path from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { LendingStack } from './lending-stack.ts';
import { DeploymentError, readSettings } from './settings.ts';

const BUILT = path.resolve(import.meta.dirname, '../dist/lambda');

/** Adds the stack that the app's context configures, and the AWS Solutions checks. @throws DeploymentError */
export function addLending(app: App): LendingStack {
  const settings = readSettings(app.node.getAllContext());
  const bundle = (name: string) => findBundle(settings.bundles ?? BUILT, name);
  const stack = new LendingStack(app, {
    settings,
    bundles: {
      api: bundle('api'),
      bounces: bundle('bounces'),
      socket: bundle('socket'),
      stream: bundle('stream'),
      import: bundle('import'),
      clock: bundle('clock'),
      setup: bundle('setup'),
    },
    consoleAssets: findFile(settings.bundles ?? BUILT, 'setup/assets'),
  });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return stack;
}

function findBundle(folder: string, name: string): string {
  return path.dirname(findFile(folder, `${name}/index.mjs`));
}

function findFile(folder: string, name: string): string {
  const file = path.resolve(folder, name);
  if (!existsSync(file))
    throw new DeploymentError([`${file} does not exist: run npm run build first, or deploy an older build from its commit`]);
  return file;
}
