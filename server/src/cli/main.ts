/* The entry of the program: looks at Node before anything is loaded that an older one can't run. */

const FLOOR = [22, 14] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < FLOOR[0] || (major === FLOOR[0] && minor < FLOOR[1])) {
  process.stderr.write(
    `Private Lending needs Node ${FLOOR.join('.')} or newer; this is ${process.versions.node}. "npm start" brings its own.\n`,
  );
  process.exit(1);
}
await import('./commands.ts');
