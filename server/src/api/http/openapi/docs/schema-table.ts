import { html } from 'hono/html';
import type { CsvColumn } from '../csv-columns.ts';
import type { JsonSchema, Parameter } from '../types.ts';
import { anchor, type Html, prose } from './markup.ts';

/** A row: a member of an object, or a parameter. */
interface Field {
  /** Path of the object that has it: `lenders[].` */
  readonly prefix: string;
  readonly name: string;
  readonly schema: JsonSchema;
  readonly description: string | undefined;
  readonly required: boolean;
}

/** What gets a mark: required members in a request, optional ones in a response. */
type Marked = 'required' | 'optional';

/** A longer list of values is collapsed. */
const VALUES_SHOWN_MAX = 12;

/** The members of an object and of the objects inside it. Named objects are linked to. */
export function schemaTable(schema: JsonSchema, marked: Marked): Html {
  return fieldTable(fieldsOf(schema, ''), marked);
}

export function parameterTable(parameters: readonly Parameter[]): Html {
  const fields = parameters.map(({ name, schema, required, description = schema.description }): Field => {
    return { prefix: '', name, schema, description, required };
  });
  return fieldTable(fields, 'required');
}

/** The columns of a CSV file, with the headers that name them. */
export function columnTable(columns: readonly CsvColumn[]): Html {
  return html`<table class="fields"><tbody>${columns.map(
    ({ name, required, headers, description, example }) => html`<tr>
<th scope="row"><code>${name}</code>${required && html` <span class="mark required">required</span>`}</th>
<td><p>${prose(description)}</p>
<p class="values">Such as <code>${example}</code></p>
<details><summary>Headers that name it: ${headers.length}</summary><p class="values headers">${headers.map((header) => html`<code>${header}</code> `)}</p><p>Case, accents, spaces and marks do not count.</p></details></td>
</tr>`,
  )}</tbody></table>`;
}

function fieldTable(fields: readonly Field[], marked: Marked): Html {
  return html`<table class="fields"><tbody>${fields.map((field) => row(field, marked))}</tbody></table>`;
}

function row({ prefix, name, schema, description, required }: Field, marked: Marked): Html {
  const isMarked = required === (marked === 'required');
  const limits = limitsOf(schema).map((limit) => html` · ${limit}`);
  return html`<tr>
<th scope="row"><code>${prefix && html`<span class="within">${prefix}</span><wbr>`}${name}</code>${isMarked && html` <span class="mark ${marked}">${marked}</span>`}</th>
<td><p class="type">${typeOf(schema)}${limits}</p>${description && html`<p>${prose(description)}</p>`}${valuesOf(schema)}</td>
</tr>`;
}

function fieldsOf(schema: JsonSchema, prefix: string): Field[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    if (typeof member === 'boolean') return [];
    const field = { prefix, name, schema: member, description: member.description, required: required.has(name) };
    const item = itemOf(member);
    return [field, ...(item ? fieldsOf(item, `${prefix}${name}[].`) : fieldsOf(member, `${prefix}${name}.`))];
  });
}

function itemOf({ items }: JsonSchema): JsonSchema | undefined {
  return typeof items === 'object' && !Array.isArray(items) ? items : undefined;
}

function typeOf(schema: JsonSchema): Html {
  const { $ref, type, format } = schema;
  const item = itemOf(schema);
  if ($ref !== undefined) return linkTo($ref);
  if (item) return html`list of ${item.$ref === undefined ? plural(item) : linkTo(item.$ref)}`;
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (format === 'date-time') return html`time`;
  return html`${type === undefined ? 'string' : [type].flat().join(' or ')}`;
}

function plural({ type = [] }: JsonSchema): string {
  return [type]
    .flat()
    .map((name) => `${name}s`)
    .join(' or ');
}

function linkTo($ref: string): Html {
  const name = $ref.split('/').at(-1) ?? '';
  return html`<a href="#${anchor('object', name)}">${name}</a>`;
}

function limitsOf(schema: JsonSchema): string[] {
  const { minimum, maximum, minItems, maxItems, minLength, maxLength, default: fallback, pattern } = schema;
  const hasDefault = fallback !== undefined && !(Array.isArray(fallback) && fallback.length === 0);
  return [
    range(minimum, maximum, ''),
    range(minItems, maxItems, ' items'),
    range(minLength, maxLength, ' characters'),
    pattern === undefined ? '' : `matches ${pattern}`,
    hasDefault ? `${JSON.stringify(fallback)} if left out` : '',
  ].filter((limit) => limit !== '');
}

function range(from: number | undefined, to: number | undefined, unit: string): string {
  if (from === undefined && to === undefined) return '';
  if (from === undefined) return `at most ${to}${unit}`;
  return to === undefined ? `at least ${from}${unit}` : `${from} to ${to}${unit}`;
}

/** The values that a field may have, with their meaning where the schema has it. */
function valuesOf(schema: JsonSchema): Html | undefined {
  const values = schema.enum?.filter((value) => value !== null).map(String) ?? [];
  if (values.length > VALUES_SHOWN_MAX) {
    return html`<details><summary>One of ${values.length} values</summary><p class="values">${values.map(valueCode)}</p></details>`;
  }
  if (values.length > 0) return html`<p class="values">${values.map(valueCode)}</p>`;
  if (!schema.anyOf) return undefined;
  return html`<dl class="values">${schema.anyOf.map(
    (option) => html`<dt><code>${String(option.const ?? option.type ?? '')}</code></dt><dd>${prose(option.description ?? '')}</dd>`,
  )}</dl>`;
}

function valueCode(value: string): Html {
  return html`<code>${value}</code> `;
}
