import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { openApiDocument } from '../../api/http/openapi/document.ts';

/* Holds answers against the published reference: what a route may answer is what the reference says, and nothing else. */

interface Declared {
  readonly method: string;
  readonly pattern: RegExp;
  readonly path: string;
}

const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));
const reference = openApiDocument();
const document = JSON.parse(JSON.stringify(reference));
ajv.addSchema(document, 'openapi');
const validators = new Map<string, ValidateFunction>();

const declared: readonly Declared[] = Object.entries(reference.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => ({
    method: method.toUpperCase(),
    path,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]*')}$`),
  })),
);

interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** Throws where an answer of a route of the reference is of a status, type or shape that the reference does not tell. */
export function requireOpenApiConformance(method: string, path: string, { status, headers, body }: HttpResponse): void {
  const route = declared.find((candidate) => candidate.method === method && candidate.pattern.test(path.split('?')[0] ?? ''));
  if (!route) return;
  const type = headers.get('Content-Type')?.split(';')[0] ?? '';
  const content = document.paths[route.path][method.toLowerCase()].responses[status]?.content?.[type];
  if (!content) throw new Error(`${method} ${route.path} answered ${status} as ${type}, which the reference does not declare`);
  if (!type.endsWith('json')) return; // a page's shape is its text
  const pointer = ['paths', route.path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
  const shape = `openapi#/${pointer.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
  const validate = validators.get(shape) ?? ajv.compile({ $ref: shape });
  validators.set(shape, validate);
  if (validate(body)) return;
  throw new Error(
    `${method} ${route.path} answered ${status} with a body that the reference does not declare: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body)}`,
  );
}
