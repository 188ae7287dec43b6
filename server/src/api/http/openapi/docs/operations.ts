import { html } from 'hono/html';
import type { ApiDocument } from '../document.ts';
import type { ApiOperation, ApiResponse, Headers, JsonSchema, MediaType } from '../types.ts';
import { curlLine } from './curl.ts';
import { anchor, codeBlock, type Html, jsonMarkup, prose } from './markup.ts';
import { columnTable, parameterTable, schemaTable } from './schema-table.ts';
import { titleOf } from './titles.ts';
import { needsOf } from './variables.ts';

interface DocumentedOperation {
  readonly method: string;
  readonly path: string;
  readonly title: string;
  readonly operation: ApiOperation;
}

export interface Group {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly calls: readonly DocumentedOperation[];
}

/** The calls of a document by tag, in the order of the tags. */
export function groupsOf({ tags, paths }: ApiDocument): Group[] {
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): DocumentedOperation => {
      return { method: method.toUpperCase(), path, title: titleOf(operation.operationId), operation };
    }),
  );
  return tags.map(({ name, description }) => {
    return { name, title: titleOf(name), description, calls: calls.filter(({ operation }) => operation.tags.includes(name)) };
  });
}

export function groupSection({ name, title, description, calls }: Group): Html {
  const id = anchor('group', name);
  return html`<section class="group" aria-labelledby="${id}">
<header><h2 id="${id}"><a href="#${id}">${title}</a></h2>
<p>${prose(description)}</p></header>
${calls.map(callSection)}
</section>`;
}

function callSection({ method, path, title, operation }: DocumentedOperation): Html {
  const id = anchor('call', operation.operationId);
  const { summary, description, responses } = operation;
  const errors = Object.entries(responses).filter(([status]) => status >= '400');
  const successes = Object.entries(responses).filter(([status]) => status < '400');
  const command = curlLine(method, path, operation);
  return html`<article class="call" aria-labelledby="${id}">
<h3 id="${id}"><a href="#${id}">${title}</a></h3>
<p class="route">${methodMark(method)} <code>${pathMarkup(path)}</code></p>
<p class="lead">${prose(summary)}</p>
${description && html`<p>${prose(description)}</p>`}
<div class="columns">
<div class="text">
${requestTables(operation)}
${successes.map(([status, response]) => responseTable(status, response))}
${headersFold(operation, successes)}
${errors.length > 0 && errorsFold(errors)}
</div>
<div class="samples">
${codeBlock('Request', command)}
${needsOf(command, operation.operationId)}
${successes.map(([status, { content }]) => exampleBlock(status, content['application/json']))}
</div>
</div>
</article>`;
}

export function methodMark(method: string): Html {
  return html`<span class="method ${method.toLowerCase()}">${method}</span>`;
}

function pathMarkup(path: string): Html {
  const steps = path.split(/(\{\w+\})/).map((step) => (step.startsWith('{') ? html`<var>${step}</var>` : step));
  return html`${steps.map((step) => html`${step}<wbr>`)}`;
}

function requestTables({ parameters, requestBody }: ApiOperation): Html {
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  const body = Object.values(requestBody?.content ?? {})[0];
  return html`${inPath.length > 0 && html`<h4>Path</h4>${parameterTable(inPath)}`}
${inQuery.length > 0 && html`<h4>Query</h4>${parameterTable(inQuery)}`}
${body && html`<h4>Body</h4>${bodyTable(body)}`}`;
}

/** The members of a JSON body, or the description and columns of a CSV file. */
function bodyTable({ schema, 'x-columns': columns }: MediaType): Html {
  if (schema.properties) return schemaTable(schema, 'required');
  return html`${schema.description !== undefined && html`<p>${prose(schema.description)}</p>`}
${columns && html`<h4>Columns</h4>${columnTable(columns)}`}`;
}

function responseTable(status: string, { content, description }: ApiResponse): Html {
  return html`<h4>Response <span class="status good">${status}</span></h4>
${Object.keys(content).length === 0 && html`<p>${prose(description)}</p>`}
${Object.entries(content).map(([type, { schema }]) => responseBody(type, schema))}`;
}

/** The two media types of GraphQL have the same members, which are listed once. */
function responseBody(type: string, schema: JsonSchema): Html | undefined {
  if (schema.properties) return type === 'application/graphql-response+json' ? undefined : schemaTable(schema, 'optional');
  return html`<p class="type"><code>${type}</code>${schema.description !== undefined && html`: ${prose(schema.description)}`}</p>`;
}

function exampleBlock(status: string, media: MediaType | undefined): Html | undefined {
  return media?.example === undefined ? undefined : codeBlock(`Response ${status}`, jsonMarkup(media.example));
}

function headersFold({ parameters, security }: ApiOperation, successes: readonly [string, ApiResponse][]): Html {
  const sent = parameters.filter((parameter) => parameter.in === 'header');
  return html`<details class="fold"><summary>Headers</summary>
${
  security === undefined &&
  html`<h5>Request</h5>
<dl class="headers"><dt><code>Authorization</code></dt><dd><code>Bearer TOKEN</code>; see <a href="#${anchor('about', 'authentication')}">authentication</a>.</dd>
${sent.map(({ name, description = '' }) => html`<dt><code>${name}</code></dt><dd>${prose(description)}</dd>`)}</dl>`
}
${successes.map(([, { headers }]) => html`<h5>Response</h5>${headerList(headers)}`)}
</details>`;
}

function headerList(headers: Headers): Html {
  return html`<dl class="headers">${Object.entries(headers).map(
    ([name, { description }]) => html`<dt><code>${name}</code></dt><dd>${prose(description)}</dd>`,
  )}</dl>`;
}

function errorsFold(errors: readonly [string, ApiResponse][]): Html {
  const names = errors.map(([, { headers }]) => Object.keys(headers));
  const shared = (names[0] ?? []).filter((name) => names.every((others) => others.includes(name)));
  return html`<details class="fold"><summary>Errors <span class="statuses">${errors.map(
    ([status]) => html`<span class="status">${status}</span> `,
  )}</span></summary>
<p class="limits">All with ${shared.map((name) => html`<code>${name}</code> `)}</p>
<table class="errors"><tbody>${errors.map((error) => errorRow(error, shared))}</tbody></table>
</details>`;
}

function errorRow([status, { description, headers, content }]: [string, ApiResponse], shared: readonly string[]): Html {
  const codes = Object.keys(Object.values(content)[0]?.examples ?? {});
  const own = Object.keys(headers).filter((name) => !shared.includes(name));
  return html`<tr><th scope="row"><span class="status">${status}</span></th>
<td>${codes.map((code) => html`<a href="#${anchor('error', code)}"><code>${code}</code></a> `)}<p>${prose(description)}</p>
${own.length > 0 && html`<p class="limits">With ${own.map((name) => html`<code>${name}</code> `)}</p>`}</td></tr>`;
}
