import type { ApiOperation } from '../types.ts';
import { LINE_LENGTH_MAX, writeJson } from './markup.ts';

/** A call as a command for a shell with `LENDING_URL`, `LENDING_TOKEN` and the ids of the path as variables. */
export function curlLine(method: string, path: string, { parameters, requestBody, security }: ApiOperation): string {
  const body = requestBody?.content['application/json']?.example;
  const isCsv = requestBody?.content['text/csv'] !== undefined;
  const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const query = parameters.filter(({ in: location, example }) => location === 'query' && example !== undefined);
  const search = query.map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`).join('&');
  const headers = parameters.filter(({ in: location, example }) => location === 'header' && example !== undefined);
  const command = `curl -sS${method === 'GET' ? '' : ` -X ${method}`}`;
  const url = `"$LENDING_URL${target}${search && `?${search}`}"`;
  const fits = command.length + url.length < LINE_LENGTH_MAX;
  return [
    ...(fits ? [`${command} ${url}`] : [command, url]),
    ...(security === undefined ? ['-H "Authorization: Bearer $LENDING_TOKEN"'] : []),
    ...headers.map(({ name, example }) => `-H ${quoted(`${name}: ${String(example)}`)}`),
    ...(isCsv ? ['-H "Content-Type: text/csv"', '--data-binary @lenders.csv'] : []),
    ...(body === undefined ? [] : ['-H "Content-Type: application/json"', `-d ${quoted(writeJson(body, '  '))}`]),
  ].join(' \\\n  ');
}

/** Quotes an argument for the shell. */
function quoted(text: string): string {
  return /^[\w :.-]*$/.test(text) ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
