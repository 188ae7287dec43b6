import { App } from 'aws-cdk-lib';
import { addLending } from './create-stack.ts';
import { DeploymentError } from './settings.ts';

/* The CDK app. Settings are context values, `-c name=value`; docs/deploy.md lists them. */

// Applies CloudFormation's own rules at synthesis instead of at deployment.
const app = new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': true } });
try {
  addLending(app);
  app.synth();
} catch (error) {
  if (!(error instanceof DeploymentError)) throw error;
  process.stderr.write(`\n${error.message}\n\n`);
  process.exitCode = 1;
}
