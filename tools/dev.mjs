// `npm run dev`: runs the server from its sources and builds the console, both again after each change, and prints the log for people.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pretty from 'pino-pretty';
import { watchConsole } from './build-console.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sourcesOf = (workspace) => join(root, workspace, 'src');

const consoleFolder = join(root, 'dist', 'dev', 'console');
const watcher = await watchConsole(consoleFolder);

const flags = [
  `--watch-path=${consoleFolder}`, // the server reads it once
  // Folders, because `--watch` alone does not see what only the thread of the SQLite writer imports.
  ...['server', 'client', 'locale'].map((workspace) => `--watch-path=${sourcesOf(workspace)}`),
  '--watch-preserve-output',
  ...['--enable-source-maps', '--experimental-strip-types', '--disable-warning=ExperimentalWarning'],
  '--conditions=private-lending-source', // the client's sources, not its last build
];
const server = spawn(process.execPath, [...flags, join(sourcesOf('server'), 'cli', 'main.ts'), 'serve', ...process.argv.slice(2)], {
  stdio: ['inherit', 'inherit', 'pipe'],
});
server.stderr.pipe(pretty({ destination: 2, sync: true, ignore: 'service', translateTime: 'SYS:HH:MM:ss.l' }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal));
server.once('close', async (code, signal) => {
  await watcher.close();
  process.exitCode = code ?? (signal ? 1 : 0);
});
