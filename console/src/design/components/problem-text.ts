import { ApiError, type ErrorCode, LendingError } from '@private-lending/client';
import type { Translate } from '../../i18n/texts.ts';

/** Of texts without parameters. */
type ErrorKey = Extract<Parameters<Translate<'common'>>[0], `error.${string}` | 'problem.noResponse' | 'problem.unexpected'>;

/** A proxy responds in place of the server; the others are mistakes of the console. */
const TEXTS: Readonly<Record<ErrorCode, ErrorKey>> = {
  CONFLICT: 'error.conflict',
  EXPECTATION_FAILED: 'problem.unexpected',
  FORBIDDEN: 'error.forbidden',
  HEADERS_TOO_LARGE: 'problem.unexpected',
  IDEMPOTENCY_KEY_REUSED: 'error.keyReused',
  INTERNAL_ERROR: 'error.internal',
  METHOD_NOT_ALLOWED: 'problem.unexpected',
  NOT_FOUND: 'error.notFound',
  PAYLOAD_TOO_LARGE: 'error.tooLarge',
  REQUEST_TIMEOUT: 'error.timeout',
  SERVICE_UNAVAILABLE: 'error.unavailable',
  TOO_MANY_REQUESTS: 'error.tooManyRequests',
  UNAUTHORIZED: 'error.unauthorized',
  UNEXPECTED_RESPONSE: 'problem.noResponse',
  UNSUPPORTED_MEDIA_TYPE: 'problem.unexpected',
  UPGRADE_REQUIRED: 'problem.unexpected',
  VALIDATION_ERROR: 'error.validation',
};

/** Codes with many causes. Only the server's English text has the cause. */
const VAGUE: ReadonlySet<ErrorCode> = new Set(['CONFLICT', 'FORBIDDEN', 'VALIDATION_ERROR']);

interface ProblemText {
  /** In the user's language. */
  readonly text: string;
  /** In English, to be shown after the text. */
  readonly cause?: string;
}

/** Says why a call failed, by the error's code. */
export function problemText(error: unknown, t: Translate<'common'>): ProblemText {
  if (!(error instanceof ApiError)) return { text: t(error instanceof LendingError ? 'problem.noResponse' : 'problem.unexpected') };
  const { code, message } = error;
  const key: ErrorKey | undefined = TEXTS[code]; // a later version of the server may have others
  if (key === undefined) return { text: t('problem.unexpected'), cause: message };
  return { text: t(key), ...(VAGUE.has(code) && { cause: message }) };
}
