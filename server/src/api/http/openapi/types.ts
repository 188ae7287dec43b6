import type * as z from 'zod';
import type { CsvColumn } from './csv-columns.ts';

/* The part of OpenAPI 3.1 that the reference uses. */

export type JsonSchema = z.core.JSONSchema.BaseSchema;

export interface PathOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: ApiOperation;
}

export interface ApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  /** One sentence; the description has the rest. */
  readonly summary: string;
  readonly description?: string;
  /** Empty where a call takes no user's token; otherwise the document's own applies. */
  readonly security?: readonly [];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  /** By status. */
  readonly responses: Readonly<Record<string, ApiResponse>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'header' | 'path' | 'query';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

export interface ApiResponse {
  readonly description: string;
  readonly headers: Headers;
  readonly content: Content;
}

export type Headers = Readonly<Record<string, { readonly description: string; readonly schema: JsonSchema }>>;

/** By media type. */
export type Content = Readonly<Record<string, MediaType>>;

export interface MediaType {
  readonly schema: JsonSchema;
  readonly example?: unknown;
  /** By error code. */
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>;
  /** Columns of a CSV file. */
  readonly 'x-columns'?: readonly CsvColumn[];
}
