import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

export type Finding = `AwsSolutions-${string}`;

/** Suppresses a finding of the AWS Solutions checks on one construct. @param reason a sentence that justifies it */
export function suppressFinding(construct: IConstruct, id: Finding, reason: string): void {
  if (reason.trim().split(/\s+/).length < 5) throw new TypeError(`${id} is suppressed at ${construct.node.path} without a reason`);
  Validations.of(construct).acknowledge({ id, reason });
}
