import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { openApiDocument } from '../../api/http/openapi/document.ts';
import type { TestResponse } from './response.ts';

const document = openApiDocument();
const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true })).addSchema(document, 'openapi');

const operations = Object.entries(document.paths).flatMap(([path, methods]) => {
  const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]*')}$`);
  return Object.entries(methods).map(([method, { responses }]) => ({ method, path, pattern, responses }));
});

/**
 * @param target path, with or without a query
 * @throws Error for a response whose status, media type or body the document does not declare; calls that it lacks pass
 */
export function requireOpenApiConformance(httpMethod: string, target: string, { status, headers, body }: TestResponse): void {
  const pathname = target.split('?')[0] ?? '';
  const operation = operations.find(({ method, pattern }) => method.toUpperCase() === httpMethod && pattern.test(pathname));
  if (!operation) return;
  const { method, path, responses } = operation;
  const type = headers.get('Content-Type')?.split(';')[0] ?? '';
  const context = `${httpMethod} ${path} responded with ${status} as ${type}`;
  const content = responses[status]?.content;
  const isDeclared = content && (type === '' ? Object.keys(content).length === 0 : content[type]);
  if (!isDeclared) throw new Error(`${context}, which the document does not declare`);
  if (!type.endsWith('json')) return;
  const pointer = ['paths', path, method, 'responses', String(status), 'content', type, 'schema'];
  const schema = pointer.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
  const validate = ajv.getSchema(`openapi#/${schema}`);
  if (validate?.(body) === true) return;
  throw new Error(`${context} with an undeclared body: ${ajv.errorsText(validate?.errors)}\n${JSON.stringify(body)}`);
}
