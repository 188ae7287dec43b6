// Draws the pictures of docs/architecture.md. Usage: npm run docs:pictures
import { writeFile } from 'node:fs/promises';
import { readImports } from './imports.ts';
import { drawLayers } from './layers.ts';
import { drawRequest } from './request.ts';

const imports = await readImports();
const folder = new URL('../../docs/img/', import.meta.url);
await writeFile(new URL('architecture.svg', folder), drawLayers(imports));
await writeFile(new URL('request.svg', folder), drawRequest(imports));
