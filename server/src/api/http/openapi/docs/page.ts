import { html, raw } from 'hono/html';
import type { SignInConfig } from '../../../../config/config.ts';
import type { ApiDocument } from '../document.ts';
import { type GuideSection, guide, guideSection } from './guide.ts';
import { anchor, type Html, prose } from './markup.ts';
import { type Group, groupSection, groupsOf, methodMark } from './operations.ts';
import { schemaTable } from './schema-table.ts';
import { docsStyle } from './style.ts';

/** In place of the API's address, which may differ between requests. */
const ADDRESS = 'http://address.invalid';

export interface DocsPageOptions {
  readonly signIn: SignInConfig;
}

/**
 * Builds the reference as one HTML page, which needs no script and loads nothing. It takes some milliseconds, so build it once.
 * @returns the page for an address of the API, such as `http://127.0.0.1:3000`
 */
export async function createDocsPage(
  document: ApiDocument,
  options: DocsPageOptions = { signIn: { kind: 'local' } },
): Promise<(address: string) => string> {
  const page = await pageOf(document, options);
  return (address) => page.replaceAll(ADDRESS, () => html`${address}`.toString());
}

async function pageOf(document: ApiDocument, { signIn }: DocsPageOptions): Promise<string> {
  const { info, components } = document;
  const sections = guide(document, ADDRESS, signIn);
  const groups = groupsOf(document);
  const objects = Object.entries(components.schemas);
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${info.title} · API reference</title>
<meta name="description" content="${info.summary}">
<link rel="icon" type="image/svg+xml" href="favicon.svg">
<style>${raw(docsStyle)}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<div class="page">
<header class="top">
<h1>${info.title} API</h1>
<p>${prose(info.summary)} ${prose(info.description)}</p>
<p class="facts">Version ${info.version} · <a href="openapi.json">OpenAPI document</a> · ${info.license.name}</p>
</header>
${contents(
  sections,
  groups,
  objects.map(([name]) => name),
)}
<main id="content">
${sections.map(guideSection)}
${groups.map(groupSection)}
<section class="group" aria-labelledby="objects"><header><h2 id="objects"><a href="#objects">Objects</a></h2>
<p>The types that responses refer to.</p></header>
${objects.map(
  ([name, schema]) => html`<article class="object" aria-labelledby="${anchor('object', name)}">
<h3 id="${anchor('object', name)}"><a href="#${anchor('object', name)}">${name}</a></h3>
${schemaTable(schema, 'optional')}</article>`,
)}
</section>
</main>
</div>
</body>
</html>`;
  return page.toString();
}

function contents(sections: readonly GuideSection[], groups: readonly Group[], objects: readonly string[]): Html {
  return html`<nav class="contents" aria-label="Contents">
${contentsPart(
  'Guide',
  sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`),
)}
${groups.map(({ title, calls }) =>
  contentsPart(
    title,
    calls.map((call) => html`<a href="#${anchor('call', call.operation.operationId)}">${methodMark(call.method)}${call.title}</a>`),
  ),
)}
${contentsPart(
  'Objects',
  objects.map((name) => html`<a href="#${anchor('object', name)}">${name}</a>`),
)}
</nav>`;
}

function contentsPart(title: string, links: readonly Html[]): Html {
  return html`<div><p>${title}</p><ul>${links.map((link) => html`<li>${link}</li>`)}</ul></div>`;
}
