import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe('parseOptions', () => {
  it('measures all parts by default, and stores the figures', () => {
    expect(parseOptions([])).toMatchObject({ parts: ['natural', 'hot', 'dynamodb'], isQuick: false, drawsOnly: false });
  });

  it('measures only the parts that are named', () => {
    expect(parseOptions(['--only', 'hot', '--quick'])).toMatchObject({ parts: ['hot'], isQuick: true });
  });

  it.each([[['--only']], [['--only', 'cold']], [['--fast']], [['natural']]])('rejects %j with the usage', (args) => {
    expect(() => parseOptions(args)).toThrow('Usage: npm run bench -- peers [--quick]');
  });
});
