import { SIGN_IN_FAILURES } from '../../../auth/oidc-client/sign-in-error.ts';
import {
  CHALLENGE_EXAMPLE,
  emailCodeRequest,
  emailCodeResponse,
  emailVerifyRequest,
  emailVerifyResponse,
  feedTicketRequest,
  feedTicketResponse,
  keySetResponse,
  logoutRequest,
  logoutResponse,
  meResponse,
  renameRequest,
} from '../auth/auth-schemas.ts';
import { LOAN_ID } from './examples.ts';
import { BODY_ERRORS, type SystemCall } from './system-call.ts';

export const SIGN_IN_TAG = 'sign-in';

const JSON_TYPE = 'application/json';
const USER_ID = 'kUU1Pd7wkioQxz6Dh7fdLg';
const ME = {
  success: true,
  sign_in: 'oidc',
  user: { user_id: USER_ID, email: 'ana@example.com', name: 'Ana', is_operator: false, expires_at: '2026-03-01T21:15:00.000Z' },
  feed_url: null,
  issuer: 'https://login.example.com',
  client_id: 'lending',
};
const TICKET = 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..R2h3Mkg.dGlja2V0.bWFj';
const FOREIGN = 'The cookie of a session comes from a page of another origin.';
export const FOREIGN_CONSOLE = 'A request with `X-Lending-Console` comes from a page of another origin.';
const NO_EMAIL_SIGN_IN = 'Users do not sign in by e-mail here.';
const UNVERIFIED = `The user’s e-mail address is not verified. ${FOREIGN}`;
const FAILURES = Object.entries(SIGN_IN_FAILURES).map(([code, meaning]) => `\`${code}\`: ${meaning}`);

/** Signing in and out, by method and path. */
export const authCalls: Readonly<Record<string, SystemCall>> = {
  'GET /auth/login': {
    operationId: 'beginSignIn',
    summary: 'Sends a browser to sign in.',
    description:
      'To the OpenID Connect issuer (authorization code with PKCE), else to the console’s page `/app/sign-in`. An error leads to that page too.',
    parameters: [
      {
        name: 'return_to',
        in: 'query',
        required: false,
        description: 'The path of this server to come back to. Others are replaced by `/`.',
        schema: { type: 'string' },
        example: '/app/loans/new',
      },
    ],
    errors: [],
  },
  'GET /auth/callback': {
    operationId: 'finishSignIn',
    summary: 'Where the issuer sends a browser back to.',
    description: `Sets the cookie of a session, which is \`HttpOnly\` and \`SameSite=Strict\`, and redirects to \`return_to\`. A failure redirects to \`/app/sign-in\` with \`error\`. ${FAILURES.join(' ')}`,
    parameters: ['code', 'state', 'error'].map((name) => ({
      name,
      in: 'query',
      required: false,
      description: 'As the issuer sends it (RFC 6749).',
      schema: { type: 'string' },
      example: name === 'error' ? 'access_denied' : 'x3Jd9sK2',
    })),
    errors: [],
  },
  'GET /auth/me': {
    operationId: 'readMe',
    summary: 'Who is signed in, and how users sign in.',
    description:
      'By the cookie of a session, with the header `X-Lending-Console: 1`, or by a token. Without either, `user` is null.',
    response: { type: JSON_TYPE, schema: meResponse, example: ME },
    errors: [],
  },
  'PATCH /auth/me': {
    operationId: 'changeName',
    summary: 'Changes the name of the signed-in user.',
    description:
      'In their sessions, and in later ones. For users who sign in by e-mail or locally; a token of the local issuer keeps its own.',
    request: { schema: renameRequest, example: { name: 'Anna' } },
    response: {
      type: JSON_TYPE,
      schema: meResponse,
      example: { ...ME, sign_in: 'email', user: { ...ME.user, name: 'Anna' }, issuer: null, client_id: null },
    },
    errors: ['UNAUTHORIZED', 'FORBIDDEN', 'CONFLICT', ...BODY_ERRORS],
    meanings: { FORBIDDEN: UNVERIFIED, CONFLICT: 'The name comes from the OpenID Connect issuer.' },
    isSignedIn: true,
  },
  'POST /auth/logout': {
    operationId: 'signOut',
    summary: 'Ends the session of the cookie or the token, or all sessions of the user.',
    description: 'It ends at once in this process and within 30 seconds in others, with its tokens, tickets and streams of events.',
    request: { schema: logoutRequest, example: { everywhere: true } },
    response: { type: JSON_TYPE, schema: logoutResponse, example: { success: true, logout_url: null } },
    errors: ['UNAUTHORIZED', 'FORBIDDEN', ...BODY_ERRORS],
    meanings: { FORBIDDEN: FOREIGN },
    isSignedIn: true,
  },
  'POST /auth/feed-tickets': {
    operationId: 'createFeedTicket',
    summary: 'Makes a ticket with which to subscribe to one loan within a minute.',
    description: 'Send it as `token` of the feed’s `subscribe`. The subscription lasts as long as the session or the token.',
    request: { schema: feedTicketRequest, example: { loan_id: LOAN_ID } },
    response: { type: JSON_TYPE, schema: feedTicketResponse, example: { success: true, ticket: TICKET, expires_in: 60 } },
    errors: ['UNAUTHORIZED', 'FORBIDDEN', ...BODY_ERRORS],
    meanings: { FORBIDDEN: UNVERIFIED },
    isSignedIn: true,
  },
  'POST /auth/email': {
    operationId: 'requestSignInCode',
    summary: 'Sends a code of 8 digits to an address, to sign in with it.',
    description:
      'The response is the same for every address. The code is valid for 10 minutes and 5 tries, only together with the challenge. Not found where users sign in otherwise.',
    request: { schema: emailCodeRequest, example: { email: 'ana@example.com' } },
    response: {
      status: 202,
      type: 'application/json',
      schema: emailCodeResponse,
      example: { success: true, challenge: CHALLENGE_EXAMPLE, expires_in: 600 },
    },
    errors: [...BODY_ERRORS, 'FORBIDDEN', 'NOT_FOUND'],
    meanings: {
      FORBIDDEN: 'The request comes from a page of another origin, which is not one of `CORS_ORIGINS`.',
      TOO_MANY_REQUESTS:
        'Too many requests of the network address, or too many codes for the address, from the network, or in all.',
      NOT_FOUND: NO_EMAIL_SIGN_IN,
    },
  },
  'POST /auth/email/verify': {
    operationId: 'signInByEmail',
    summary: 'Signs in with a code, and returns a token that is valid for 30 days, or until its session is ended.',
    description:
      'An error at `code` leaves further tries; one at `challenge` takes another code. `name` is what others see; left out, it is the one given last. With `X-Lending-Console: 1` from a page of this server, the response has no token but sets the cookie of the session.',
    request: { schema: emailVerifyRequest, example: { challenge: CHALLENGE_EXAMPLE, code: '12345678', name: 'Ana' } },
    response: {
      type: 'application/json',
      schema: emailVerifyResponse,
      example: {
        success: true,
        token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9…',
        user_id: 'kUU1Pd7wkioQxz6Dh7fdLg',
        expires_in: 2_592_000,
      },
    },
    errors: [...BODY_ERRORS, 'FORBIDDEN', 'NOT_FOUND'],
    meanings: { FORBIDDEN: FOREIGN_CONSOLE, NOT_FOUND: NO_EMAIL_SIGN_IN },
  },
  'GET /auth/jwks.json': {
    operationId: 'signingKeys',
    summary: 'The public keys of the tokens that sign-in by e-mail issues.',
    description: 'A JSON Web Key Set (RFC 7517). A key is published a day before it signs.',
    response: { type: 'application/json', schema: keySetResponse },
    errors: ['NOT_FOUND'],
    meanings: { NOT_FOUND: NO_EMAIL_SIGN_IN },
  },
};
