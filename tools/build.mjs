// Bundles the server's own sources into dist/; libraries stay in node_modules, where their licences and updates are.
import { build } from 'esbuild';

await build({
  entryPoints: {
    cli: 'server/src/main/cli.ts',
    'sqlite-thread': 'server/src/storage/sqlite/thread.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  target: 'node22.14',
  format: 'esm',
  sourcemap: true,
  logLevel: 'warning',
});
