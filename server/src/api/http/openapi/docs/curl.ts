import type { ApiOperation } from '../types.ts';
import { LINE_LENGTH_MAX, writeJson } from './markup.ts';
import { EXAMPLE_VARIABLES } from './variables.ts';

/** Delimiter of a here-document. */
const END = 'END';

/** A call as a command for a POSIX shell; `variables.ts` lists the variables to fill in. */
export function curlLine(method: string, path: string, operation: ApiOperation): string {
  const { parameters, requestBody, security, tags } = operation;
  const body = requestBody?.content['application/json']?.example;
  const csv = requestBody?.content['text/csv']?.example;
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const query = parameters.filter(({ in: location, example }) => location === 'query' && example !== undefined);
  const search = query.map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`).join('&');
  const headers = parameters.filter(({ in: location, example }) => location === 'header' && example !== undefined);
  const command = `curl -sS${method === 'GET' ? '' : ` -X ${method}`}`;
  const url = `"$LENDING_URL${target}${search && `?${search}`}"`;
  const fits = command.length + url.length < LINE_LENGTH_MAX;
  return [
    ...(fits ? [`${command} ${url}`] : [command, url]),
    ...(security === undefined ? [`-H "Authorization: Bearer $${tokenFor(tags)}"`] : []),
    ...headers.map(({ name, example }) => `-H ${quoted(`${name}: ${String(example)}`)}`),
    ...(csv === undefined ? [] : ['-H "Content-Type: text/csv"', `--data-binary @- <<'${END}'\n${String(csv)}${END}`]),
    ...(body === undefined ? [] : ['-H "Content-Type: application/json"', `-d ${withVariables(quoted(writeJson(body, '  ')))}`]),
  ].join(' \\\n  ');
}

/** The variable with the token of a user who may make the call. */
function tokenFor(tags: readonly string[]): string {
  if (tags.includes('holds')) return 'OPERATOR_TOKEN';
  return tags.includes('invitations') ? 'LENDER_TOKEN' : 'LENDING_TOKEN';
}

/** Quotes an argument for the shell. */
function quoted(text: string): string {
  return /^[\w :.-]*$/.test(text) ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Puts variables in place of examples, outside of the single quotes, where the shell replaces them. */
function withVariables(argument: string): string {
  return Object.entries(EXAMPLE_VARIABLES).reduce((text, [example, name]) => text.replaceAll(example, `'"$${name}"'`), argument);
}
