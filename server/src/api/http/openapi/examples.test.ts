import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runToEnd, upload } from '../../../testing/app/import-helpers.ts';
import { openTestApp, type Person, type TestApp } from '../../../testing/app/test-app.ts';
import { type Route, routes, takesBody } from '../routes.ts';
import { openApiDocument } from './document.ts';
import { type CallExample, CSV_EXAMPLE, callExamples, IMPORT_ID, LOAN_ID, REQUEST_ID } from './examples.ts';

const calls = routes.map((route) => [`${route.method} ${route.path}`, route] as const);

describe('the examples of the reference', () => {
  let testApp: TestApp;

  beforeEach(async () => {
    testApp = await openTestApp();
  });

  afterEach(() => testApp.close());

  it.each(calls)('%s: what it shows is what the program answers', async (_, route) => {
    const example = exampleOf(route.useCase.endpoint);
    expect(example.request !== undefined).toBe(takesBody(route));
    const text = await playedTo(route);
    expect(JSON.parse(withoutChance(text))).toEqual(JSON.parse(withoutChance(JSON.stringify(example.answer))));
  });

  it('say of answering an invitation that the lender does it, not the borrower', () => {
    const told = (path: string) => openApiDocument().paths[path]?.['post']?.responses['403']?.description;
    expect(told('/invitations/{loan_id}/accept')).toBe('The token’s e-mail address is not verified.');
    expect(told('/loans/{loan_id}/close')).toContain('not the borrower');
  });

  it('tell each problem as its schema has it', () => {
    const { components } = openApiDocument();
    const ajv = formats.default(new Ajv2020({ strict: false }));
    ajv.addSchema({ $id: 'reference', components });
    const validate = ajv.compile({ $ref: 'reference#/components/schemas/Problem' });
    for (const [code, { value }] of Object.entries(components.examples)) {
      expect(validate(value), `${code}: ${ajv.errorsText(validate.errors)}`).toBe(true);
      expect(value.error).toBe(code);
    }
  });

  /** The answer to a call after the story that all examples share: Ana was invited to a loan. */
  async function playedTo({ method, path, useCase }: Route): Promise<string> {
    const borrower = await testApp.as('borrower@example.com');
    const headers = { 'X-Request-Id': REQUEST_ID };
    const made = await borrower.send('POST', '/loans', { body: exampleOf('CreateLoan').request, headers });
    const { loan, lenders } = made.body;
    const place = path.replace('{loan_id}', loan.loan_id).replace('{lender_id}', lenders[0].lender_id);
    const body = exampleOf(useCase.endpoint).request;
    const ana = await testApp.as('ana@example.com');
    if (useCase.endpoint === 'CloseLoan') await ana.post(`/invitations/${loan.loan_id}/accept`);
    if (path.includes('/imports')) return playedToImport(borrower, loan.loan_id, { method, path, useCase });
    const who = path.startsWith('/invitations') ? ana : borrower;
    const { text } = useCase.endpoint === 'CreateLoan' ? made : await who.send(method, place, { headers, ...(body && { body }) });
    return text.replaceAll(loan.loan_id, LOAN_ID);
  }

  async function playedToImport(borrower: Person, loanId: string, { method, path }: Route): Promise<string> {
    const sent = await upload(borrower, loanId, CSV_EXAMPLE, '?mode=per_row');
    const importId: string = sent.body.import.import_id;
    if (method === 'GET') await runToEnd(testApp, importId);
    const place = path.replace('{loan_id}', loanId).replace('{import_id}', importId);
    const { text } = method === 'GET' ? await borrower.get(place) : sent;
    return text.replaceAll(loanId, LOAN_ID).replaceAll(importId, IMPORT_ID);
  }
});

function exampleOf(endpoint: string): CallExample {
  const example = callExamples[endpoint];
  if (!example) throw new Error(`add an example of ${endpoint} to openapi-examples.ts`);
  return example;
}

/** Lenders' ids are made of a secret of the installation, so no example can have the right ones. */
function withoutChance(text: string): string {
  return text.replaceAll(/"lender_id":"[\w-]{22}"/g, '"lender_id":"22 characters"');
}
