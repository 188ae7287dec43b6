import { RemovalPolicy } from 'aws-cdk-lib';
import type { Settings } from './settings.ts';

/** What the parts of the stack are named and kept by. */
export interface Deployment {
  readonly settings: Settings;
  /** Every name begins with it. */
  readonly name: string;
  /** For what people would miss: loans, users, failed batches. */
  readonly data: RemovalPolicy;
}

export function deploymentOf(settings: Settings): Deployment {
  return {
    settings,
    name: `private-lending-${settings.stage}`,
    data: settings.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  };
}
