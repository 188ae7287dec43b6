import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emailOf } from '../../../testing/app/domain-fixtures.ts';
import { runToEnd, upload } from '../../../testing/app/import-helpers.ts';
import { openTestApp, type TestApp } from '../../../testing/app/test-app.ts';
import type { TestUser } from '../../../testing/app/test-user.ts';
import { holdOf, storeHolds } from '../../../testing/risk/seed-holds.ts';
import { type Route, routes, takesBody } from '../routes.ts';
import { openApiDocument } from './document.ts';
import { type CallExample, CSV_EXAMPLE, callExamples, IMPORT_ID, LOAN_ID, OPERATOR_ID, REQUEST_ID } from './examples.ts';

const calls = routes.map((route) => [`${route.method} ${route.path}`, route] as const);

const OPERATOR = emailOf('operator@example.com');

describe('callExamples', () => {
  let testApp: TestApp;

  beforeEach(async () => {
    testApp = await openTestApp({ config: { operators: new Set([OPERATOR]) } });
  });

  afterEach(() => testApp.close());

  it.each(calls)('%s responds as its example shows', async (_, route) => {
    const example = exampleOf(route.useCase.endpoint);
    expect(example.request !== undefined).toBe(takesBody(route));
    const text = await responseOf(route);
    expect(JSON.parse(maskSigned(text))).toEqual(JSON.parse(maskSigned(JSON.stringify(example.response))));
  });

  it('names the borrower as a cause of 403 only where the borrower acts', () => {
    const forbidden = (path: string) => openApiDocument().paths[path]?.['post']?.responses['403']?.description;
    expect(forbidden('/invitations/{loan_id}/accept')).toBe('The token’s e-mail address is not verified.');
    expect(forbidden('/loans/{loan_id}/close')).toContain('not the borrower');
  });

  it('declares the errors of the connection for every operation', () => {
    const operations = Object.values(openApiDocument().paths).flatMap((path) => Object.values(path));
    for (const { operationId, responses } of operations) {
      expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(['400', '405', '408', '417', '431']));
    }
  });

  it('has error examples that match the schema of a problem', () => {
    const { components } = openApiDocument();
    const ajv = formats.default(new Ajv2020({ strict: false }));
    ajv.addSchema({ $id: 'reference', components });
    const validate = ajv.compile({ $ref: 'reference#/components/schemas/Problem' });
    for (const [code, { value }] of Object.entries(components.examples)) {
      expect(validate(value), `${code}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      expect(value.error).toBe(code);
    }
  });

  /** The response to a call in the scenario that all examples share: Ana is invited to a loan. */
  async function responseOf({ method, path, useCase }: Route): Promise<string> {
    const borrower = await testApp.as('borrower@example.com');
    const headers = { 'X-Request-Id': REQUEST_ID };
    const created = await borrower.send('POST', '/loans', { body: exampleOf('CreateLoan').request, headers });
    const { loan, lenders } = created.body;
    const target = path.replace('{loan_id}', loan.loan_id).replace('{lender_id}', lenders[0].lender_id);
    const body = exampleOf(useCase.endpoint).request;
    const ana = await testApp.as('ana@example.com');
    if (useCase.endpoint === 'CloseLoan') await ana.post(`/invitations/${loan.loan_id}/accept`);
    if (path.includes('/imports')) return importResponseOf(borrower, loan.loan_id, { method, path, useCase });
    if (path.startsWith('/operator/')) return holdResponseOf(borrower, loan.loan_id, { method, path, useCase });
    const user = path.startsWith('/invitations') ? ana : borrower;
    const { text } =
      useCase.endpoint === 'CreateLoan' ? created : await user.send(method, target, { headers, ...(body && { body }) });
    return text.replaceAll(loan.loan_id, LOAN_ID);
  }

  async function holdResponseOf(borrower: TestUser, loanId: string, { method, path }: Route): Promise<string> {
    const operator = await testApp.as(OPERATOR);
    await storeHolds(testApp, holdOf(loanId, borrower.userId, testApp.now));
    const target = path.replace('{hold_id}', `${loanId}-${testApp.now}`);
    const { text } = await (method === 'GET' ? operator.get(target) : operator.post(target));
    return text.replaceAll(loanId, LOAN_ID).replaceAll(operator.userId, OPERATOR_ID);
  }

  async function importResponseOf(borrower: TestUser, loanId: string, { method, path }: Route): Promise<string> {
    const uploaded = await upload(borrower, loanId, CSV_EXAMPLE, '?mode=per_row');
    const importId: string = uploaded.body.import.import_id;
    if (method === 'GET') await runToEnd(testApp, importId);
    const target = path.replace('{loan_id}', loanId).replace('{import_id}', importId);
    const { text } = method === 'GET' ? await borrower.get(target) : uploaded;
    return text.replaceAll(loanId, LOAN_ID).replaceAll(importId, IMPORT_ID);
  }
});

function exampleOf(endpoint: string): CallExample {
  const example = callExamples[endpoint];
  if (!example) throw new Error(`add an example of ${endpoint} to examples.ts`);
  return example;
}

/** Lender ids and cursors depend on secrets of the store, so an example can't have the right ones. */
function maskSigned(text: string): string {
  return text
    .replaceAll(/"lender_id":"[\w-]{22}"/g, '"lender_id":"22 characters"')
    .replaceAll(/"next_cursor":"[\w-]{16}MS4x"/g, '"next_cursor":"16 characters and the position 1.1"');
}
