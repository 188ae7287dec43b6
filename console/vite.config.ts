import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  root: pathOf('.'),
  // Relative, as the server may be at any path. It makes the paths in index.html absolute.
  base: './',
  publicDir: false,
  resolve: {
    // The sources, as they are now.
    alias: [{ find: /^@private-lending\/client$/, replacement: pathOf('../client/src/index.ts') }],
  },
  build: {
    outDir: pathOf('../dist/console'),
    emptyOutDir: true,
    target: ['chrome111', 'firefox115', 'safari16.4'],
    assetsInlineLimit: 0, // the policy of the page allows no data URLs
    modulePreload: { polyfill: false },
    sourcemap: false,
    manifest: 'manifest.json',
    reportCompressedSize: false,
    rolldownOptions: {
      // Libraries mark files as "use client" for servers that render React. There is none.
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
    },
  },
  logLevel: 'warn',
});
