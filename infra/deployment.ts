import { RemovalPolicy } from 'aws-cdk-lib';
import type { Settings } from './settings.ts';

/** Passed to every part of the stack. */
export interface Deployment {
  readonly settings: Settings;
  /** Prefix of every resource name. */
  readonly name: string;
  /** Of loans, users and failed batches. */
  readonly dataRemovalPolicy: RemovalPolicy;
}

export function deploymentOf(settings: Settings): Deployment {
  return {
    settings,
    name: `private-lending-${settings.stage}`,
    dataRemovalPolicy: settings.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  };
}
