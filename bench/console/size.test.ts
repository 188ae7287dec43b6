import { describe, expect, it } from 'vitest';
import { consoleSizeOf, type Manifest, overConsoleSize } from './size.ts';

const AREAS = ['common', 'loans', 'repayment', 'sign-in'].map((area) => `../locale/src/catalogues/en/${area}.ts`);
const MANIFEST: Manifest = {
  'index.html': { file: 'index.js', css: ['index.css'], imports: ['_shared.js'] },
  'src/overview/overview-page.tsx': { file: 'overview.js', css: ['overview.css'], imports: ['_shared.js', 'index.html'] },
  'src/sign-in/sign-in-page.tsx': { file: 'sign-in.js', imports: ['_deep.js'] },
  'src/loans/loan-page.tsx': { file: 'loan.js', css: ['loan.css', 'index.css'] },
  '_shared.js': { file: 'shared.js', imports: ['_deep.js'] },
  '_deep.js': { file: 'deep.js', css: ['deep.css'] },
  ...Object.fromEntries(AREAS.map((area) => [area, { file: `${area}.js` }])),
};

describe('consoleSizeOf', () => {
  it('counts each script of the first view once, and each style sheet of all pages', () => {
    expect(consoleSizeOf(MANIFEST, () => 1)).toEqual({ firstViewBytes: 5 + AREAS.length, styleBytes: 4 });
    expect(consoleSizeOf(MANIFEST, (file) => (file === 'loan.js' ? 1000 : 0))).toEqual({ firstViewBytes: 0, styleBytes: 0 });
  });

  it('rejects a build without a page of the first view', () => {
    const { 'src/sign-in/sign-in-page.tsx': _, ...others } = MANIFEST;
    expect(() => consoleSizeOf(others, () => 1)).toThrow('the build has no module src/sign-in/sign-in-page.tsx');
  });
});

it('overConsoleSize reports each limit that is exceeded', () => {
  expect(overConsoleSize({ firstViewBytes: 130_000, styleBytes: 20_000 })).toEqual([]);
  expect(overConsoleSize({ firstViewBytes: 130_001, styleBytes: 20_001 })).toEqual([
    'the first view of the console has 130001 bytes of script with gzip; the maximum is 130000',
    'the console has 20001 bytes of style sheets with gzip; the maximum is 20000',
  ]);
});
