import type * as z from 'zod';
import type { ErrorCode } from '../../../domain/errors.ts';
import type { Meanings } from './errors.ts';
import type { ApiOperation, Parameter } from './types.ts';

/** A call that no use case of the API serves. */
export interface SystemCall extends Pick<ApiOperation, 'operationId' | 'summary' | 'description'> {
  readonly parameters?: readonly Parameter[];
  readonly request?: { readonly schema: z.ZodType; readonly example: object };
  /** Left out for a call that redirects. */
  readonly response?: {
    readonly status?: 202;
    readonly type: string;
    readonly schema?: z.ZodType;
    readonly example?: object;
  };
  /** Besides those of all calls. */
  readonly errors: readonly ErrorCode[];
  /** Of errors that have other causes here than in most calls. */
  readonly meanings?: Meanings;
  /** Whether it has an `ETag`. */
  readonly isCached?: true;
  /** Whether it needs a user's token. */
  readonly isSignedIn?: true;
}

export const BODY_ERRORS = ['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;
