import type * as z from 'zod';
import type { ErrorCode } from '../../../domain/errors.ts';

/* The part of OpenAPI 3.1 that our reference is made of. */

export type Schema = z.core.JSONSchema.BaseSchema;

export interface ApiDocument {
  readonly openapi: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly summary: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  /** What operations are about, in the order in which a reader wants them. */
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, object>>;
    readonly schemas: Readonly<Record<string, Schema>>;
    /** A problem body for each error code. */
    readonly examples: Readonly<Record<ErrorCode, ProblemExample>>;
  };
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  /** One sentence; what is to be said beyond it is the description. */
  readonly summary: string;
  readonly description?: string;
  /** None, where a call takes no user's token; else the document's. */
  readonly security?: readonly [];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  /** By status. */
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'header' | 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
  readonly example?: unknown;
}

export interface Answer {
  readonly description: string;
  readonly headers: Headers;
  readonly content: Content;
}

export type Headers = Readonly<Record<string, { readonly description: string; readonly schema: Schema }>>;

/** By media type. */
export type Content = Readonly<Record<string, Media>>;

export interface Media {
  readonly schema: Schema;
  readonly example?: unknown;
  /** By error code. */
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>;
}

export interface ProblemExample {
  /** What the code means. */
  readonly summary: string;
  readonly value: {
    readonly status: number;
    readonly title: string;
    readonly error: string;
    readonly retryable: boolean;
    readonly [member: string]: unknown;
  };
}
