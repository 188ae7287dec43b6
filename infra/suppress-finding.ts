import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

export type Finding = `AwsSolutions-${string}`;

/**
 * Lets one finding of the AWS Solutions checks stand, on one construct.
 * @param reason why it is right here, as a sentence
 */
export function acceptFinding(construct: IConstruct, id: Finding, reason: string): void {
  if (reason.trim().split(/\s+/).length < 5) throw new TypeError(`${id} is accepted at ${construct.node.path} without a reason`);
  Validations.of(construct).acknowledge({ id, reason });
}
