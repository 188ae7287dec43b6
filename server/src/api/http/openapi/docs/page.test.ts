import { beforeAll, describe, expect, it } from 'vitest';
import { openTestApp } from '../../../../testing/app/test-app.ts';
import { openApiDocument } from '../document.ts';
import type { Schema } from '../types.ts';
import { docsPage } from './page.ts';

const document = openApiDocument();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: operation.operationId,
    method: method.toUpperCase(),
    path,
    operation,
  })),
);

/** A place on this page, or the document that it was made of. */
const HARMLESS = /^(?:#[\w-]+|\/openapi\.json)$/;

describe('the reference page', () => {
  let page: string;

  beforeAll(async () => {
    page = await docsPage(document, 'http://localhost:3000');
  });

  it.each(operations)('tells all about $name', ({ name, method, path, operation }) => {
    const told = textOf(articleOf(page, `call-${name}`));
    expect(told).toContain(`${method} ${path}`);
    expect(told).toContain(operation.summary.replaceAll('`', ''));
    for (const parameter of operation.parameters) expect(told).toContain(parameter.name);
    for (const [status, { description, headers, content }] of Object.entries(operation.responses)) {
      expect(told).toContain(status);
      if (status >= '400') expect(told).toContain(description.replaceAll('`', ''));
      for (const header of Object.keys(headers)) expect(told).toContain(header);
      for (const { examples = {} } of Object.values(content)) {
        for (const code of Object.keys(examples)) expect(told).toContain(`${status} ${code}`);
      }
    }
  });

  it.each(operations)('has a row for each field that $name takes and answers', ({ name, operation }) => {
    const rows = rowsOf(articleOf(page, `call-${name}`));
    const taken = Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema }) => fieldsOf(schema));
    const given = operation.parameters.filter((parameter) => parameter.in !== 'header');
    for (const { name: field, required, schema } of [...taken, ...given]) {
      const row = rows.find((text) => text.startsWith(`${field} ${required ? 'required' : ''}`));
      expect(row, `${field} of ${name}`).toBeDefined();
      for (const limit of [schema.minimum, schema.maximum, schema.maxLength, schema.minItems, schema.maxItems, schema.default]) {
        if (limit !== undefined && !Array.isArray(limit)) expect(row).toContain(JSON.stringify(limit));
      }
      for (const value of schema.enum ?? []) expect(row).toContain(value);
    }
    const [answer] = Object.entries(operation.responses).filter(([status]) => status < '400');
    const answered = Object.values(answer?.[1].content ?? {}).flatMap(({ schema }) => fieldsOf(schema));
    if (operation.security === undefined) expect(answered.length).toBeGreaterThan(0); // a page or a document has no fields
    for (const { name: field } of answered) expect(rows.filter((text) => text.startsWith(`${field} `))).not.toEqual([]);
  });

  it.each(operations)('shows how to call $name', ({ name, method, operation }) => {
    const line = textOf(/<figcaption>Request<\/figcaption>(.*?)<\/figure>/s.exec(articleOf(page, `call-${name}`))?.[1] ?? '');
    expect(line).toMatch(method === 'GET' ? /^curl -sS (?!-X)/ : new RegExp(`^curl -sS -X ${method} `));
    expect(line).not.toMatch(/[{]\w+[}]/);
    const sent = /-d '(.*)'$/s.exec(line)?.[1];
    expect(sent && JSON.parse(sent)).toEqual(operation.requestBody?.content['application/json']?.example);
  });

  it.each(Object.entries(document.components.schemas))('has a row for each field of %s', (name, schema) => {
    const rows = rowsOf(articleOf(page, `object-${name}`));
    const expected = fieldsOf(schema).map((field) => `${field.name}${field.required ? '' : ' optional'}`);
    expect(rows.map((row, position) => row.slice(0, expected[position]?.length))).toEqual(expected);
  });

  it('tells every error code with its status, and every code of details', () => {
    const text = textOf(page);
    for (const [code, { value, summary }] of Object.entries(document.components.examples)) {
      expect(text).toContain(`${value.status} ${code} ${summary.replaceAll('`', '')}`);
    }
    for (const code of [
      'DUPLICATE_IN_REQUEST',
      'DUPLICATE_LENDER',
      'INVALID',
      'OVER_FUNDING',
      'SELF_INVITATION',
      'TOO_MANY_LENDERS',
    ]) {
      expect(textOf(articleOf(page, 'object-Problem'))).toContain(code);
    }
  });

  it.each(['Authentication', 'Idempotency', 'Pagination', 'Rates', 'Errors'])('has a chapter on %s', (title) => {
    expect(page).toMatch(new RegExp(`<h2 id="[^"]+"><a href="#[^"]+">${title}</a></h2>`));
  });

  it('loads nothing and runs nothing', () => {
    expect(page).not.toMatch(/<(?:script|link|img|iframe|object|embed|base|form|audio|video|svg)\b/i);
    expect(page).not.toMatch(/\s(?:src|srcset|action|data|poster|ping|style|on\w+)=/i);
    expect(page).not.toMatch(/url\(|@import|javascript:/i);
    for (const target of attributes(page, 'href')) expect(target).toMatch(HARMLESS);
  });

  it('links only to places that it has, each once', () => {
    const ids = attributes(page, 'id');
    expect(new Set(ids).size).toBe(ids.length);
    const targets = attributes(page, 'href').flatMap((target) => (target.startsWith('#') ? [target.slice(1)] : []));
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    for (const { name } of operations) expect(targets).toContain(`call-${name}`);
  });

  it('closes what it opens', () => {
    expect(unclosed(page)).toEqual([]);
  });

  it('is served as a page, under a policy that lets it load nothing', async () => {
    const testApp = await openTestApp();
    const { status, headers, text } = await testApp.send('GET', '/docs');
    await testApp.close();
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toMatch(/^text\/html; charset=utf-8$/i);
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'; style-src 'unsafe-inline'");
    expect(text).toBe(page);
  });
});

describe('the page of a document with hostile texts', () => {
  const HOSTILE = `</code></style><img src=x onerror="alert('1')"><script>&`;

  it('shows them as text and is otherwise the same page', async () => {
    const plain = await docsPage(document, 'http://localhost:3000');
    const page = await docsPage(JSON.parse(JSON.stringify(document), hostile), HOSTILE);
    expect(page).not.toMatch(/<img|<script/);
    expect(page).toContain(
      '&lt;/code&gt;&lt;/style&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&lt;script&gt;&amp;',
    );
    expect(new Set(tagsOf(page))).toEqual(new Set(tagsOf(plain)));
    expect(unclosed(page)).toEqual([]);
    for (const target of attributes(page, 'href')) expect(target).toMatch(HARMLESS);
  });

  /** Puts it into every text that is not part of OpenAPI's own grammar, names included. */
  function hostile(key: string, value: unknown): unknown {
    if (typeof value === 'string') return ['in', 'type', 'format', '$ref', 'tags'].includes(key) ? value : value + HOSTILE;
    if (['properties', 'headers', 'content', 'examples'].includes(key)) return renamed(value);
    return value;
  }

  function renamed(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, member]) => [
        [name, member],
        [name + HOSTILE, member],
      ]),
    );
  }
});

function articleOf(page: string, id: string): string {
  const article = new RegExp(`<article [^>]*aria-labelledby="${id}">.*?</article>`, 's').exec(page)?.[0];
  if (article === undefined) throw new Error(`the page has nothing on ${id}`);
  return article;
}

function rowsOf(markup: string): string[] {
  return [...markup.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) => textOf(row));
}

/** What a reader sees, with what is marked up apart set apart by one space. */
function textOf(markup: string): string {
  const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return markup
    .replaceAll(/<\/?(?:code|wbr|var|span|a)\b[^>]*>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/&(?:\w+|#\d+);/g, (entity) => entities[entity] ?? entity)
    .replaceAll(/\s+/g, ' ')
    .trim();
}

interface Field {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

/** The members of an object, as deep as it goes itself: `lenders[].email`. */
function fieldsOf({ properties = {}, required = [] }: Schema, within = ''): Field[] {
  return Object.entries(properties).flatMap(([name, member]) => {
    if (typeof member === 'boolean') return [];
    const field = { name: within + name, required: required.includes(name), schema: member };
    const { items } = member;
    const isList = typeof items === 'object' && !Array.isArray(items);
    return [field, ...(isList ? fieldsOf(items, `${within}${name}[].`) : fieldsOf(member, `${within}${name}.`))];
  });
}

function attributes(page: string, name: string): string[] {
  return [...page.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value = '']) => value);
}

function tagsOf(page: string): string[] {
  return [...page.matchAll(/<(\/?[a-z][a-z0-9]*)\b/g)].map(([, tag = '']) => tag);
}

/** Tags that are left open, or closed without having been opened. */
function unclosed(page: string): string[] {
  const open: string[] = [];
  for (const tag of tagsOf(page).filter((name) => !['meta', 'wbr'].includes(name))) {
    if (tag.startsWith('/') && open.at(-1) === tag.slice(1)) open.pop();
    else open.push(tag);
  }
  return open;
}
