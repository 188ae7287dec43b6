import { Duration, type Stack } from 'aws-cdk-lib';
import { AccountRecovery, Mfa, UserPool } from 'aws-cdk-lib/aws-cognito';
import type { Deployment } from './deployment.ts';
import { acceptFinding } from './suppress-finding.ts';

/** Whose tokens are taken. */
export interface Issuer {
  readonly url: string;
  readonly audience: string;
  readonly userPoolId?: string;
}

/** The issuer that was given, or a user pool of the stack's own. */
export function addSignIn(stack: Stack, deployment: Deployment): Issuer {
  return deployment.settings.issuer ?? addUserPool(stack, deployment);
}

function addUserPool(stack: Stack, { name, settings, data }: Deployment): Issuer {
  const pool = new UserPool(stack, 'Users', {
    userPoolName: name,
    selfSignUpEnabled: true,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    autoVerify: { email: true },
    // A new address replaces the old one only once it is verified: invitations are matched by it.
    keepOriginal: { email: true },
    standardAttributes: { email: { required: true, mutable: true } },
    mfa: Mfa.OPTIONAL,
    mfaSecondFactor: { otp: true, sms: false },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    passwordPolicy: { minLength: 12, requireLowercase: true, requireUppercase: true, requireDigits: true, requireSymbols: true },
    deletionProtection: settings.retainData,
    removalPolicy: data,
  });
  acceptFinding(
    pool,
    'AwsSolutions-COG2',
    'People who lend to friends choose a second factor themselves; whoever wants it for all sets MFA to required.',
  );
  acceptFinding(pool, 'AwsSolutions-COG8', 'The plus tier is paid for each user; whoever wants its threat protection turns it on.');
  const client = pool.addClient('Client', {
    userPoolClientName: name,
    // By password only where AWS credentials stand beside it; apps prove the password without sending it.
    authFlows: { userSrp: true, adminUserPassword: true },
    disableOAuth: true,
    preventUserExistenceErrors: true,
    idTokenValidity: Duration.hours(1),
    accessTokenValidity: Duration.hours(1),
  });
  return { url: pool.userPoolProviderUrl, audience: client.userPoolClientId, userPoolId: pool.userPoolId };
}
