/* Entry of the program. It checks the version of Node before it loads code that an older one can't parse. */

const NODE_MIN = [22, 14] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1])) {
  process.stderr.write(
    `Private Lending needs Node ${NODE_MIN.join('.')} or newer; this is ${process.versions.node}. "npm start" downloads its own.\n`,
  );
  process.exit(1);
}
const { runCli } = await import('./program.ts');
await runCli();
