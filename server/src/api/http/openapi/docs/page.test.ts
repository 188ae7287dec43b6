import { columnHeaders } from '@private-lending/locale/column-names';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../../config/config.ts';
import { openTestApp } from '../../../../testing/app/test-app.ts';
import { type ApiDocument, openApiDocument } from '../document.ts';
import type { JsonSchema } from '../types.ts';
import { createDocsPage } from './page.ts';
import { EXAMPLE_VARIABLES } from './variables.ts';

const document = openApiDocument();
const docsPage = async (of: ApiDocument, origin: string) => (await createDocsPage(of))(origin);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: operation.operationId,
    method: method.toUpperCase(),
    path,
    operation,
  })),
);

/** An anchor on this page, the document that it is generated from, or the icon; relative, so that they work below a path. */
const SAFE_HREF = /^(?:#[\w-]+|openapi\.json|favicon\.svg)$/;

describe('createDocsPage', () => {
  let page: string;

  beforeAll(async () => {
    page = await docsPage(document, 'http://localhost:3000');
  });

  it.each(operations)('documents $name in full', ({ name, method, path, operation }) => {
    const text = textOf(articleOf(page, `call-${name}`));
    expect(text).toContain(`${method} ${path}`);
    expect(text).toContain(operation.summary.replaceAll('`', ''));
    for (const parameter of operation.parameters) expect(text).toContain(parameter.name);
    for (const [status, { description, headers, content }] of Object.entries(operation.responses)) {
      expect(text).toContain(status);
      if (status >= '400') expect(text).toContain(description.replaceAll('`', ''));
      for (const header of Object.keys(headers)) expect(text).toContain(header);
      for (const { examples = {} } of Object.values(content)) {
        for (const code of Object.keys(examples)) expect(text).toContain(`${status} ${code}`);
      }
    }
  });

  it.each(operations)('has a row for each request and response field of $name', ({ name, operation }) => {
    const rows = rowsOf(articleOf(page, `call-${name}`));
    const inBody = Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema }) => fieldsOf(schema));
    const inUrl = operation.parameters.filter((parameter) => parameter.in !== 'header');
    for (const { name: field, required, schema } of [...inBody, ...inUrl]) {
      const row = rows.find((text) => text.startsWith(`${field} ${required ? 'required' : ''}`));
      expect(row, `${field} of ${name}`).toBeDefined();
      for (const limit of [schema.minimum, schema.maximum, schema.maxLength, schema.minItems, schema.maxItems, schema.default]) {
        if (limit !== undefined && !Array.isArray(limit)) expect(row).toContain(JSON.stringify(limit));
      }
      for (const value of schema.enum ?? []) expect(row).toContain(value);
    }
    const [success] = Object.entries(operation.responses).filter(([status]) => status < '400');
    const inResponse = Object.values(success?.[1].content ?? {}).flatMap(({ schema }) => fieldsOf(schema));
    if (operation.security === undefined) expect(inResponse.length).toBeGreaterThan(0); // a page or a document has no fields
    for (const { name: field } of inResponse) expect(rows.filter((text) => text.startsWith(`${field} `))).not.toEqual([]);
  });

  it.each(operations)('shows a curl command for $name', ({ name, method, operation }) => {
    const line = textOf(/<figcaption>Request<\/figcaption>(.*?)<\/figure>/s.exec(articleOf(page, `call-${name}`))?.[1] ?? '');
    expect(line).toMatch(method === 'GET' ? /^curl -sS (?!-X)/ : new RegExp(`^curl -sS -X ${method} `));
    expect(line).not.toMatch(/[{]\w+[}]/);
    const sent = /-d '(.*)'$/s.exec(line)?.[1];
    const exampleOf = (_: string, name: string) =>
      Object.keys(EXAMPLE_VARIABLES).find((text) => EXAMPLE_VARIABLES[text] === name) ?? '';
    expect(sent && JSON.parse(sent.replaceAll(/'"\$(\w+)"'/g, exampleOf))).toEqual(
      operation.requestBody?.content['application/json']?.example,
    );
  });

  it.each(Object.entries(document.components.schemas))('has a row for each field of the object %s', (name, schema) => {
    const rows = rowsOf(articleOf(page, `object-${name}`));
    const expected = fieldsOf(schema).map((field) => `${field.name}${field.required ? '' : ' optional'}`);
    expect(rows.map((row, position) => row.slice(0, expected[position]?.length))).toEqual(expected);
  });

  it('lists every error code with its status, and every code of details', () => {
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

  it.each(['Authentication', 'Idempotency', 'Pagination', 'Rates', 'Errors'])('has a guide section on %s', (title) => {
    expect(page).toMatch(new RegExp(`<h2 id="[^"]+"><a href="#[^"]+">${title}</a></h2>`));
  });

  it('loads no resources but its icon, and runs no scripts', () => {
    expect(page.match(/<link\b[^>]*>/g)).toEqual(['<link rel="icon" type="image/svg+xml" href="favicon.svg">']);
    expect(page).not.toMatch(/<(?:script|img|iframe|object|embed|base|form|audio|video|svg)\b/i);
    expect(page).not.toMatch(/\s(?:src|srcset|action|data|poster|ping|style|on\w+)=/i);
    expect(page).not.toMatch(/url\(|@import|javascript:/i);
    for (const target of attributes(page, 'href')) expect(target).toMatch(SAFE_HREF);
  });

  it('links only to anchors that it has, each once', () => {
    const ids = attributes(page, 'id');
    expect(new Set(ids).size).toBe(ids.length);
    const targets = attributes(page, 'href').flatMap((target) => (target.startsWith('#') ? [target.slice(1)] : []));
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    for (const { name } of operations) expect(targets).toContain(`call-${name}`);
  });

  it('shows the columns of a file of lenders with their accepted headers', () => {
    const rows = rowsOf(articleOf(page, 'call-importLenders'));
    for (const [name, headers] of Object.entries(columnHeaders)) {
      const row = rows.find((text) => text.startsWith(`${name} `));
      const isRequired = ['email', 'contribution_amount'].includes(name);
      expect(row?.startsWith(`${name} required `)).toBe(isRequired);
      for (const header of headers) expect(row).toContain(header);
    }
  });

  it('names in each command only variables that it explains, and links to them', () => {
    const ids = attributes(page, 'id');
    const commands = [...page.matchAll(/<figcaption>(?:Request|The next page)<\/figcaption>(.*?)<\/figure>\s*(.*?<\/p>)/gs)];
    expect(commands.length).toBeGreaterThan(operations.length);
    for (const [, command = '', needs = ''] of commands) {
      const names = new Set([...command.matchAll(/\$([A-Z_]+)/g)].map(([, name]) => `variable-${name}`));
      expect(ids).toEqual(expect.arrayContaining([...names]));
      for (const name of names) expect(needs).toContain(`href="#${name}"`);
    }
  });

  it('has one title of the first level, and skips no level', () => {
    const levels = [...page.matchAll(/<h([1-6])\b/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    const skipped = levels.filter((level, position) => level > (levels[position - 1] ?? 0) + 1);
    expect(skipped).toEqual([]);
  });

  it('titles calls in words', () => {
    const titles = [...page.matchAll(/<h[23] id="[^"]*"><a href="[^"]*">([^<]*)<\/a>/g)].map(([, title = '']) => title);
    expect(titles.length).toBeGreaterThan(operations.length);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.filter((title) => !/^[A-Z]/.test(title) || /Graph ql|Open api/.test(title))).toEqual([]);
  });

  it('gives the issuer’s address for signing in, and no token of the local issuer, where there is an issuer', async () => {
    const { signIn } = readConfig({ AUTH_ISSUER: 'https://id.example.com', AUTH_AUDIENCE: 'lending' });
    const issued = (await createDocsPage(document, { signIn }))('https://lending.example.com/app');
    expect(issued).toContain('<code>https://id.example.com</code>');
    expect(textOf(/<section[^>]*about-start.*?<\/section>/s.exec(issued)?.[0] ?? '')).not.toContain('/local/token');
    expect(textOf(issued)).toContain("export LENDING_URL='https://lending.example.com/app'");
  });

  it('describes sign-in by e-mail, and no local issuer, where that is how users sign in', async () => {
    const byEmail = (await createDocsPage(document, { signIn: { kind: 'email' } }))('https://lending.example.com');
    const guide = ['start', 'authentication'].map(
      (name) => new RegExp(`<section[^>]*about-${name}.*?</section>`, 's').exec(byEmail)?.[0],
    );
    expect(textOf(guide.join())).toContain('/auth/email/verify');
    expect(textOf(guide.join())).not.toContain('/local/token');
    expect(unbalancedTags(byEmail)).toEqual([]);
  });

  it('closes every tag that it opens', () => {
    expect(unbalancedTags(page)).toEqual([]);
  });

  it('is served as HTML under a policy that lets it load nothing', async () => {
    const testApp = await openTestApp();
    const { status, headers, text } = await testApp.send('GET', '/docs');
    await testApp.close();
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toMatch(/^text\/html; charset=utf-8$/i);
    expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'; img-src 'self'; style-src 'unsafe-inline'");
    expect(text).toBe(page);
  });
});

describe('createDocsPage of a document with hostile texts', () => {
  const HOSTILE = `</code></style><img src=x onerror="alert('1')"><script>&`;

  it('escapes hostile texts and has no other tags than the plain page', async () => {
    const plain = await docsPage(document, 'http://localhost:3000');
    const page = await docsPage(JSON.parse(JSON.stringify(document), hostile), HOSTILE);
    expect(page).not.toMatch(/<img|<script/);
    expect(page).toContain(
      '&lt;/code&gt;&lt;/style&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&lt;script&gt;&amp;',
    );
    expect(new Set(tagsOf(page))).toEqual(new Set(tagsOf(plain)));
    expect(unbalancedTags(page)).toEqual([]);
    for (const target of attributes(page, 'href')) expect(target).toMatch(SAFE_HREF);
  });

  /** Appends the hostile text to every string, names included, that is not part of OpenAPI's own grammar. */
  function hostile(key: string, value: unknown): unknown {
    if (typeof value === 'string') return ['in', 'type', 'format', '$ref', 'tags'].includes(key) ? value : value + HOSTILE;
    if (['properties', 'headers', 'content', 'examples'].includes(key)) return withHostileNames(value);
    return value;
  }

  function withHostileNames(value: unknown): unknown {
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
  if (article === undefined) throw new Error(`the page has no article ${id}`);
  return article;
}

function rowsOf(markup: string): string[] {
  return [...markup.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) => textOf(row));
}

/** The visible text, with one space between elements. */
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
  readonly schema: JsonSchema;
}

/** The members of an object and of the objects inside it: `lenders[].email`. */
function fieldsOf({ properties = {}, required = [] }: JsonSchema, prefix = ''): Field[] {
  return Object.entries(properties).flatMap(([name, member]) => {
    if (typeof member === 'boolean') return [];
    const field = { name: prefix + name, required: required.includes(name), schema: member };
    const { items } = member;
    const isList = typeof items === 'object' && !Array.isArray(items);
    return [field, ...(isList ? fieldsOf(items, `${prefix}${name}[].`) : fieldsOf(member, `${prefix}${name}.`))];
  });
}

function attributes(page: string, name: string): string[] {
  return [...page.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value = '']) => value);
}

function tagsOf(page: string): string[] {
  return [...page.matchAll(/<(\/?[a-z][a-z0-9]*)\b/g)].map(([, tag = '']) => tag);
}

/** Tags that are left open, or closed without being opened. */
function unbalancedTags(page: string): string[] {
  const open: string[] = [];
  for (const tag of tagsOf(page).filter((name) => !['link', 'meta', 'wbr'].includes(name))) {
    if (tag.startsWith('/') && open.at(-1) === tag.slice(1)) open.pop();
    else open.push(tag);
  }
  return open;
}

it('createDocsPage reads the document once for all origins', async () => {
  let reads = 0;
  const counted = new Proxy(document, {
    get(target, name) {
      reads += 1;
      return Reflect.get(target, name);
    },
  });
  const pageAt = await createDocsPage(counted);
  const readsToBuild = reads;
  const pages = ['http://localhost:3000', 'https://lending.example.com'].map(pageAt);
  expect(readsToBuild).toBeGreaterThan(0);
  expect(reads).toBe(readsToBuild);
  expect(pages[1]).toBe(pages[0]?.replaceAll('http://localhost:3000', 'https://lending.example.com'));
});
