import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const ROOT = new URL('../', import.meta.url);

it('has the only live region of the console: others would say a text twice, or more often than every five seconds', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));
  expect(files.length).toBeGreaterThan(100);
  const found = files.filter((file) => /role="(?:alert|log|status)"|aria-live/.test(readFileSync(new URL(file, ROOT), 'utf8')));
  expect(found.map((file) => file.replaceAll('\\', '/'))).toEqual(['design/announcer.tsx']);
});
