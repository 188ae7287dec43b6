import { Duration, type Stack } from 'aws-cdk-lib';
import { AccountRecovery, FeaturePlan, Mfa, UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Deployment } from './deployment.ts';
import { suppressFinding } from './suppress-finding.ts';

/** The OpenID Connect issuer whose tokens the program accepts. */
export interface Issuer {
  readonly url: string;
  readonly audience: string;
  readonly pool?: UserPool;
}

/** Names operators in the tokens of a user pool: those of the group `operator`. */
const GROUPS_CLAIM = 'cognito:groups';
const OPERATORS = 'operator';

/** Of the functions that verify tokens; a setting of the deployment comes first. */
export function issuerEnvironment({ url, audience, pool }: Issuer): Record<string, string> {
  return { AUTH_ISSUER: url, AUTH_AUDIENCE: audience, ...(pool && { AUTH_OPERATOR_CLAIM: GROUPS_CLAIM }) };
}

/** The configured issuer, or a user pool in the stack. */
export function addIssuer(stack: Stack, deployment: Deployment): Issuer {
  return deployment.settings.issuer ?? addUserPool(stack, deployment);
}

function addUserPool(stack: Stack, { name, settings, dataRemovalPolicy }: Deployment): Issuer {
  const pool = new UserPool(stack, 'Users', {
    userPoolName: name,
    featurePlan: FeaturePlan.ESSENTIALS, // the least that has the sign-in pages
    selfSignUpEnabled: true,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    autoVerify: { email: true },
    // A new address replaces the old one only when it is verified, as invitations are matched by it.
    keepOriginal: { email: true },
    standardAttributes: { email: { required: true, mutable: true } },
    mfa: Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    passwordPolicy: { minLength: 12, requireLowercase: true, requireUppercase: true, requireDigits: true, requireSymbols: true },
    deletionProtection: settings.retainData,
    removalPolicy: dataRemovalPolicy,
  });
  suppressFinding(pool, 'AwsSolutions-COG2', 'Users choose a second factor themselves; an operator can set MFA to required.');
  suppressFinding(pool, 'AwsSolutions-COG8', 'The plus tier is billed for each user; an operator can turn threat protection on.');
  pool.addGroup('Operators', { groupName: OPERATORS, description: 'Decide on suspicious invitations' });
  const client = pool.addClient('Client', {
    userPoolClientName: name,
    // Passwords only with AWS credentials; apps use SRP, which does not send them.
    authFlows: { userSrp: true, adminUserPassword: true },
    disableOAuth: true,
    preventUserExistenceErrors: true,
    idTokenValidity: Duration.hours(1),
    accessTokenValidity: Duration.hours(1),
  });
  return { url: pool.userPoolProviderUrl, audience: client.userPoolClientId, pool };
}
