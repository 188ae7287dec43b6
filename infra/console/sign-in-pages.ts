import { Aws, Duration, type Stack } from 'aws-cdk-lib';
import {
  CfnManagedLoginBranding,
  ManagedLoginVersion,
  OAuthScope,
  type UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import type { Deployment } from '../deployment.ts';

/**
 * The pool's sign-in pages, and the client with which the console's users sign in there: a public one, as the server proves by PKCE
 * that it has begun the sign-in.
 * @param publicUrl of the console
 */
export function addConsoleClient(stack: Stack, { name }: Deployment, pool: UserPool, publicUrl: string): UserPoolClient {
  pool.addDomain('SignInPages', {
    // Unique among all accounts of the region.
    cognitoDomain: { domainPrefix: `${name}-${Aws.ACCOUNT_ID}` },
    managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
  });
  const client = pool.addClient('ConsoleClient', {
    userPoolClientName: `${name}-console`,
    generateSecret: false,
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
      callbackUrls: [`${publicUrl}/auth/callback`],
      logoutUrls: [`${publicUrl}/`],
    },
    preventUserExistenceErrors: true,
    // A session lasts as long as its ID token, which never leaves the server.
    idTokenValidity: Duration.hours(12),
    accessTokenValidity: Duration.minutes(5),
  });
  new CfnManagedLoginBranding(stack, 'SignInBranding', {
    userPoolId: pool.userPoolId,
    clientId: client.userPoolClientId,
    useCognitoProvidedValues: true,
  });
  return client;
}
