// Draws docs/img/first-run.svg, the terminal of a first run, from a real run of the built program.
// Usage: npm run build && node tools/pictures/first-run.mjs
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const COLUMNS = 108;
const LINE_HEIGHT = 19;

const folder = mkdtempSync(join(tmpdir(), 'lending-'));
const server = spawn(process.execPath, [join(root, 'dist', 'cli.js'), 'serve'], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'ignore'],
});
let output = '';
for await (const chunk of server.stdout) {
  output += chunk;
  if (/^curl .*\n/m.test(output)) break;
}
const curl = output.split('\n').find((line) => line.startsWith('curl '));
const response = execFileSync('sh', ['-c', curl], { encoding: 'utf8' });
server.kill();
rmSync(folder, { recursive: true });

const shortenToken = (line) => line.replace(/Bearer [\w.-]+/, 'Bearer eyJhbGciOi…');
const lines = [
  { kind: 'typed', text: 'npm start' },
  ...output
    .trimEnd()
    .split('\n')
    .flatMap((line) => wrap(shortenToken(line)).map((text) => ({ kind: 'output', text }))),
  { kind: 'output', text: '' },
  { kind: 'typed', text: `${shortenToken(curl).slice(0, 75)}…   # pasted` },
  ...wrap(response).map((text) => ({ kind: 'response', text })),
];
writeFileSync(join(root, 'docs', 'img', 'first-run.svg'), drawTerminal(lines));

function wrap(line) {
  const parts = [];
  for (let rest = line; rest !== '' || parts.length === 0; rest = rest.slice(COLUMNS)) parts.push(rest.slice(0, COLUMNS));
  return parts;
}

function drawTerminal(rows) {
  const height = rows.length * LINE_HEIGHT + 70;
  const colours = { typed: '#f2efe6', output: '#b9c4bb', response: '#9ecbaf' };
  const text = rows.map(({ kind, text: content }, index) => {
    const prompt = kind === 'typed' ? '<tspan fill="#e0a458">$ </tspan>' : '';
    return `<text x="24" y="${58 + index * LINE_HEIGHT}" fill="${colours[kind]}" xml:space="preserve">${prompt}${escapeXml(content)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 ${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" role="img" aria-label="A terminal: npm start prints a curl line; pasted, it returns three lenders.">
<rect width="960" height="${height}" rx="10" fill="#1f2622"/>
<circle cx="24" cy="22" r="6" fill="#d9694f"/><circle cx="44" cy="22" r="6" fill="#e0a458"/><circle cx="64" cy="22" r="6" fill="#6fae86"/>
${text.join('\n')}
</svg>
`;
}

function escapeXml(content) {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
