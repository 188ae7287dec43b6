import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Language } from '@private-lending/locale/languages';
import type { Email } from '../../domain/email.ts';
import { DomainError, invalid, rateLimited } from '../../domain/errors.ts';
import { canonicalMailbox } from '../../domain/mail/canonical-mailbox.ts';
import {
  CODE_MS,
  CODE_TRIES_MAX,
  challengeStart,
  type EmailChallenge,
  parseCode,
  type SignInMail,
} from '../../domain/sign-in/email-challenge.ts';
import type { Session } from '../../domain/sign-in/session.ts';
import { CODE_LIMITS, type CodeRequest, describeUsedUpLimit } from '../../domain/sign-in/sign-in-limits.ts';
import { periodAt, periodEndAfter, usedIn } from '../../domain/usage-counter.ts';
import type { ClientAddress } from '../../execution/authenticate.ts';
import { KeyedMutex } from '../../execution/keyed-mutex.ts';
import { type Decision, decideAndCommit } from '../../execution/optimistic-commit.ts';
import type { RequestMetadata } from '../../execution/request-metadata.ts';
import type { CoreServices } from '../../execution/services.ts';
import type { View } from '../../execution/view.ts';
import { emailChallengeKey, signInCounterKey, userSessionsKey } from '../../storage/keys.ts';
import type { Key, Put } from '../../storage/store.ts';
import { addressRangeOf } from '../client-address.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { keysToStart, planSessionStart } from '../sessions/start-session.ts';
import { userIdOf } from '../token-verifier.ts';
import { EMAIL_ISSUER } from './token-issuer.ts';

/** Requests for codes, and tries of them, that may each run or wait in this process. */
const WAITING_MAX = 200;
const CHALLENGE = /^[\w-]{43}$/;

/** Where mails with codes go. */
interface SignInMails {
  /** False where too many wait to be sent. */
  readonly hasRoom: boolean;
  add(mail: SignInMail & RequestMetadata): void;
}

export interface EmailSignInOptions {
  readonly services: CoreServices;
  readonly sessions: Pick<Sessions, 'create' | 'started'>;
  readonly mails: SignInMails;
  /** Of the HMACs of codes; used for nothing else. */
  readonly codeKey: Buffer;
  /** Unguessable: 32 bytes in base64url. */
  readonly createChallenge: () => string;
  readonly createCode: () => string;
}

/** The response to a request for a code: the same for every address. */
export interface IssuedChallenge {
  readonly challenge: string;
  readonly expiresInSeconds: number;
}

/** What a client sends to sign in. */
export interface SubmittedCode {
  readonly challenge: string;
  readonly code: string;
  readonly name: string | null;
}

/** Why a code does not sign anybody in. */
type Rejection = { readonly kind: 'ended' } | { readonly kind: 'wrong'; readonly triesLeft: number };

/** Sign-in by a code that is sent to an address. */
export class EmailSignIn {
  readonly #options: EmailSignInOptions;
  /** Requests run one after the other, as all update one counter. */
  readonly #requests = new KeyedMutex(WAITING_MAX);
  /** Tries of one code do, too: at once they would have each other start again. */
  readonly #tries = new KeyedMutex(WAITING_MAX);

  constructor(options: EmailSignInOptions) {
    this.#options = options;
  }

  /**
   * Sends a code to an address. Two storage calls.
   * @param network of the client
   * @param language of the mail; undefined for MAIL_LANGUAGE
   * @throws DomainError `TOO_MANY_REQUESTS` over a limit
   */
  async request(
    email: Email,
    network: ClientAddress,
    request: RequestMetadata,
    language?: Language | undefined,
  ): Promise<IssuedChallenge> {
    const { services, mails, createChallenge, createCode } = this.#options;
    if (!mails.hasRoom) throw mailQueueFull();
    const [challenge, code] = [createChallenge(), createCode()];
    const at = await this.#requests.runExclusive(['codes'], async (deadline) => {
      const now = services.clock();
      const data: EmailChallenge = {
        email,
        codeHash: this.#hashOf(challenge, code).toString('base64url'),
        failedTries: 0,
        expiresAt: now + CODE_MS,
      };
      const key = keyOf(challenge);
      const counters = countersOf({ mailbox: canonicalMailbox(email), network, range: addressRangeOf(network) }, now);
      await decideAndCommit(services, {
        keys: counters.map((counter) => counter.key),
        deadline,
        decide: (view): Decision<void> => {
          const challengeWrite = { key, expected: 0, data, expiresAt: data.expiresAt };
          return { result: undefined, writes: [...countUp(view, counters, now), challengeWrite] };
        },
      });
      return now;
    });
    mails.add({
      mailId: services.ids.command(),
      to: email,
      code,
      challengeStart: challengeStart(challenge),
      language,
      at,
      expiresAt: at + CODE_MS,
      ...request,
    });
    return { challenge, expiresInSeconds: CODE_MS / 1000 };
  }

  /**
   * Starts a session for the owner of the address to which the code was sent. The code and the session are one commit, so that a
   * code starts one session only; a wrong code is counted in one too.
   * @throws DomainError `VALIDATION_ERROR`: at `code` where another try may succeed, at `challenge` where only another code helps
   */
  async verify({ challenge, code, name }: SubmittedCode): Promise<Session> {
    const { services, sessions } = this.#options;
    const digits = parseCode(code);
    if (digits === undefined) throw rejected('code', 'code must be the 8 digits of the e-mail.');
    const key = keyOf(challenge);
    const [stored] = CHALLENGE.test(challenge) ? await services.store.get([key]) : [];
    if (!stored || stored.data.failedTries >= CODE_TRIES_MAX) throw ended();
    const { email } = stored.data;
    const created = sessions.create({ userId: userIdOf(EMAIL_ISSUER, email), email, name, method: 'email' });
    const outcome = await this.#tries.runExclusive([challenge], (deadline) =>
      decideAndCommit(services, {
        keys: [key, userSessionsKey(created.userId)],
        moreKeys: (view) => keysToStart(view, created),
        decide: (view) => this.#decide(view, key, this.#hashOf(challenge, digits), created),
        deadline,
      }),
    );
    if ('kind' in outcome) throw outcome.kind === 'ended' ? ended() : wrongCode(outcome.triesLeft);
    sessions.started(outcome.session, outcome.ended);
    return outcome.session;
  }

  #decide(
    view: View,
    key: Key<EmailChallenge>,
    sentHash: Buffer,
    created: Session,
  ): Decision<Rejection | Pick<ReturnType<typeof planSessionStart>, 'ended' | 'session'>> {
    const item = view.at(key);
    if (!item || item.data.expiresAt <= this.#options.services.clock() || item.data.failedTries >= CODE_TRIES_MAX)
      return { result: { kind: 'ended' }, writes: [] };
    const { version, data } = item;
    if (!timingSafeEqual(Buffer.from(data.codeHash, 'base64url'), sentHash)) {
      const failedTries = data.failedTries + 1;
      const write = { key, expected: version, data: { ...data, failedTries }, expiresAt: data.expiresAt };
      return { result: { kind: 'wrong', triesLeft: CODE_TRIES_MAX - failedTries }, writes: [write] };
    }
    const { session, ended: replaced, writes } = planSessionStart(view, created);
    return { result: { session, ended: replaced }, writes: [{ key, expected: version, isDelete: true }, ...writes] };
  }

  #hashOf(challenge: string, code: string): Buffer {
    return createHmac('sha256', this.#options.codeKey).update(`${challenge}\n${code}`).digest();
  }
}

/** Hashed, so that nobody can use a challenge that they read in the store. */
function keyOf(challenge: string): Key<EmailChallenge> {
  return emailChallengeKey(hash('sha256', challenge, 'base64url'));
}

function countersOf(request: CodeRequest, now: number) {
  return CODE_LIMITS.map((limit) => {
    const period = periodAt(limit.period, now);
    return { limit, period, key: signInCounterKey(limit.scope(request), period) };
  });
}

/** @throws DomainError `TOO_MANY_REQUESTS` where limits are used up, with the time when none of them is any more */
function countUp(view: View, counters: ReturnType<typeof countersOf>, now: number): Put[] {
  const counted = counters.map((counter) => ({ ...counter, used: usedIn(counter.period, view.at(counter.key)?.data) }));
  const usedUp = counted.filter(({ limit, used }) => used >= limit.max).map(({ limit }) => describeUsedUpLimit(limit, now));
  const longest = usedUp.toSorted((a, b) => b.seconds - a.seconds)[0];
  if (longest) throw rateLimited(longest.text, longest.seconds);
  return counted.map(({ limit, period, key, used }) => {
    const expiresAt = periodEndAfter(limit.period, now);
    return { key, expected: view.versionAt(key), data: { period, count: used + 1 }, expiresAt };
  });
}

function rejected(path: 'challenge' | 'code', message: string): DomainError {
  return invalid([{ path, code: 'INVALID', message }]);
}

function wrongCode(triesLeft: number): DomainError {
  const advice =
    triesLeft === 0
      ? 'It was the last try. Request another code.'
      : `Use the one of the newest e-mail; you have ${triesLeft} ${triesLeft === 1 ? 'try' : 'tries'} left.`;
  return rejected('code', `The code is wrong. ${advice}`);
}

/** The same for a challenge that has been used, has expired, was tried too often, or never existed. */
function ended(): DomainError {
  return rejected('challenge', 'This code can not be used, or not any more. Request another one.');
}

function mailQueueFull(): DomainError {
  const message = 'Too many e-mails wait to be sent. Please retry after 10 seconds.';
  return new DomainError('SERVICE_UNAVAILABLE', 'Contention', message, { retryAfter: 10 });
}
