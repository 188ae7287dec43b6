import { App } from 'aws-cdk-lib';
import { addLending } from './create-stack.ts';
import { DeploymentError } from './settings.ts';

/* What `cdk` runs. Settings come as `-c name=value`; docs/deploy.md lists them. */

// What CloudFormation would refuse must not wait for it.
const app = new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
try {
  addLending(app);
  app.synth();
} catch (error) {
  if (!(error instanceof DeploymentError)) throw error;
  process.stderr.write(`\n${error.message}\n\n`);
  process.exitCode = 1;
}
