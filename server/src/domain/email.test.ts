import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailRule, parseEmail } from './email.ts';

/** Letters with special rules for case, composition or IDNA. */
const TRICKY = [
  ...['\u0130', '\u0131', '\u00df', '\u1e9e', '\u03a3', '\u03c2', '\u212a', '\u212b', '\u01c5', '\ufb01', '\u0149', '\u1f88'],
  ...[
    'T\u0308',
    'e\u0301',
    'E\u0301',
    'i\u0307',
    'a\u0323\u0302',
    'a\u0302\u0323',
    '\u1100\u1161\u11a8',
    '\u0958',
    '\u{2f800}',
    '\u0344',
  ],
  ...['\uff21', '\u3002', '\uff0e', '\u200c', '\u200d', '\u00ad', '\u06f0', '\u0661', '\u05d0', '\u0627', '\u65e5', '\u{10400}'],
];

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...'abcXYZ019.-+_') },
  { weight: 3, arbitrary: fc.constantFrom(...TRICKY) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
);
const word = (maxLength: number) => fc.array(piece, { minLength: 1, maxLength }).map((pieces) => pieces.join(''));
const topLevel = fc.constantFrom('com', 'DE', '\u0440\u0444', 'xn--p1ai', '\u4e2d\u56fd', 'STRASSE', 'stra\u00dfe');
const addresses = fc.tuple(word(6), word(6), topLevel).map(([local, label, top]) => `${local}@${label}.${top}`);

describe('parseEmail', () => {
  it('does not change its own result', () => {
    let valid = 0;
    fc.assert(
      fc.property(fc.oneof(addresses, fc.string({ unit: 'binary' })), (input) => {
        const email = parseEmail(input);
        if (email === undefined) return;
        valid += 1;
        expect(parseEmail(email)).toBe(email);
        expect(email).toMatch(/^[^@\s\p{C}]+@[a-z0-9.-]+$/u);
        expect([...email].length).toBeLessThanOrEqual(254);
      }),
      { numRuns: 10_000 },
    );
    expect(valid).toBeGreaterThan(300);
  });

  it('returns the same for composed and decomposed characters', () => {
    fc.assert(
      fc.property(addresses, (input) => {
        expect(parseEmail(input.normalize('NFD'))).toBe(parseEmail(input.normalize('NFC')));
      }),
      { numRuns: 3000 },
    );
    expect(parseEmail('T\u0308im@example.com')).toBe('\u1e97im@example.com');
    expect(parseEmail('rene\u0301@example.com')).toBe('ren\u00e9@example.com');
    expect(parseEmail('rene@mu\u0308nchen.example')).toBe(parseEmail('rene@m\u00fcnchen.example'));
  });

  it('ignores case and surrounding space', () => {
    expect(parseEmail(' Ana.Ruiz@Example.COM\n')).toBe('ana.ruiz@example.com');
    expect(parseEmail('\u00a0REN\u00c9@EXAMPLE.com\u2003')).toBe('ren\u00e9@example.com');
    expect(parseEmail('\u041f\u0401\u0422\u0420@\u041f\u0420\u0418\u041c\u0415\u0420.\u0440\u0444')).toBe(
      '\u043f\u0451\u0442\u0440@xn--e1afmkfd.xn--p1ai',
    );
  });

  it.each([
    ['m\u00fcnchen.example', 'xn--mnchen-3ya.example'],
    ['M\u00dcNCHEN.example', 'xn--mnchen-3ya.example'],
    ['stra\u00dfe.example', 'xn--strae-oqa.example'],
    ['\u65e5\u672c\u3002example', 'xn--wgv71a.example'],
    ['\uff45xample\uff0ecom', 'example.com'],
  ])('treats the domains %s and %s as one', (unicode, ascii) => {
    expect(parseEmail(`ana@${unicode}`)).toBe(`ana@${ascii}`);
    expect(parseEmail(`ana@${ascii.toUpperCase()}`)).toBe(`ana@${ascii}`);
  });

  it('treats dots and plus-tags as significant', () => {
    const spellings = ['ana.ruiz@example.com', 'anaruiz@example.com', 'ana.ruiz+loan@example.com', 'ana.ruiz+@example.com'];
    expect(new Set(spellings.map(parseEmail)).size).toBe(4);
    expect(spellings.map(parseEmail)).toEqual(spellings);
  });

  it.each([
    "o'neil@example.com",
    'a_b-c@sub.example.co.uk',
    "!#$%&'*+/=?^_`{|}~-@example.com",
    'a%40b@example.com',
    '7@1e.example',
  ])('accepts %s', (address) => {
    expect(parseEmail(address)).toBe(address);
  });
});

describe('length limits of parseEmail', () => {
  /** A domain of this length, in labels of at most 63 characters. */
  function domainOf(length: number): string {
    const labels = Array.from({ length: Math.floor(length / 32) }, () => 'd'.repeat(31));
    const rest = length - labels.length * 32;
    return [...labels, 'd'.repeat(rest)].filter((label) => label !== '').join('.');
  }

  it('limits an address to 254 characters', () => {
    const longest = `${'a'.repeat(64)}@${domainOf(189)}`;
    expect(longest).toHaveLength(254);
    expect(parseEmail(longest)).toBe(longest);
    expect(parseEmail(`${'a'.repeat(64)}@${domainOf(190)}`)).toBeUndefined();
    expect(parseEmail(`a@${domainOf(252)}`)).toHaveLength(254);
    expect(parseEmail(`ab@${domainOf(252)}`)).toBeUndefined();
  });

  it('counts code points, not UTF-16 units', () => {
    const local = '\u{10428}'.repeat(16);
    expect(parseEmail(`${local}@${domainOf(237)}`)).toBe(`${local}@${domainOf(237)}`);
    expect(parseEmail(`${local}@${domainOf(238)}`)).toBeUndefined();
  });

  it('limits the local part to 64 bytes', () => {
    expect(parseEmail(`${'a'.repeat(64)}@example.com`)).toBeDefined();
    expect(parseEmail(`${'a'.repeat(65)}@example.com`)).toBeUndefined();
    expect(parseEmail(`${'\u00e9'.repeat(32)}@example.com`)).toBeDefined();
    expect(parseEmail(`${'\u00e9'.repeat(33)}@example.com`)).toBeUndefined();
  });

  it('limits each label of the domain to 63 characters', () => {
    expect(parseEmail(`a@${'d'.repeat(63)}.com`)).toBeDefined();
    expect(parseEmail(`a@${'d'.repeat(64)}.com`)).toBeUndefined();
  });

  it('rejects very long input before any costly work', () => {
    expect(parseEmail(`${'\ufdfa'.repeat(100_000)}@example.com`)).toBeUndefined();
  });
});

describe('input that parseEmail rejects', () => {
  it.each([
    ...['', ' ', '@', 'a', 'a@', '@example.com', 'example.com', 'a@b', 'a@localhost', 'a@@example.com', 'a@b@example.com'],
    ...['.a@example.com', 'a.@example.com', 'a..b@example.com', 'a@.example.com', 'a@example..com', 'a@example.com.', 'a@-b.com'],
    ...['a@b-.com', 'a@b_c.com', 'a b@example.com', 'a@exam ple.com', 'a@example.com:25', 'a@example.com/x', 'a@example.com?x'],
    ...['"a b"@example.com', '"a"@example.com', 'a(b)@example.com', 'a\\@example.com', 'a@xn--.com', '\u{1f600}@example.com'],
  ])('rejects %j', (input) => {
    expect(parseEmail(input)).toBeUndefined();
  });

  it.each([
    ...['a@127.0.0.1', 'a@[127.0.0.1]', 'a@[IPv6:::1]', 'a@::1', 'a@2130706433', 'a@0x7f.1', 'a@0x7f000001', 'a@1.2.3.4.'],
    ...['a@\uff11\uff12\uff17.\uff10.\uff10.\uff11', 'a@example.123', 'a@example.0x1', 'a@127.0.0.1.'],
  ])('rejects the network address in %j', (input) => {
    expect(parseEmail(input)).toBeUndefined();
  });

  it.each([
    'a@ex%61mple.com',
    'a@example%2ecom',
    'a@%65xample.com',
    'a%40example.com',
    'a@example.com%00',
    'a@example.com%0d%0aBcc:b@c.de',
  ])('rejects the percent-encoded %j', (input) => {
    expect(parseEmail(input)).toBeUndefined();
  });

  it.each([
    ...['a\u0000@example.com', 'a@example.com\u0000', 'a\u0007@example.com', 'a@exam\u0000ple.com', 'a\u007f@example.com'],
    ...['a\u0085b@example.com', 'a\t@example.com', 'a\u200b@example.com', 'a@exam\u200bple.com', 'a@exam\u00adple.com'],
    ...['a\u202e@example.com', 'a\u2028b@example.com', 'a\ud800@example.com', 'a@example\udfff.com', '\ufeffa\ufeff@example.com'],
  ])('rejects %j with its control characters', (input) => {
    expect(parseEmail(input)).toBeUndefined();
  });

  it.each([
    ...['a@example.com\r\nBcc: b@example.com', 'a@example.com\nb@example.com', 'a\r\n@example.com', 'a@example.com\r\n.\r\nQUIT'],
    ...['a@example.com, b@example.com', 'a@example.com;b@example.com', 'a@example.com b@example.com', 'a,b@example.com'],
    ...['<a@example.com>', 'Ana <a@example.com>', 'a@example.com>,<b@example.com', 'a:b@example.com', 'mailto:a@example.com'],
  ])('rejects %j, which a mailer could read as several addresses', (input) => {
    expect(parseEmail(input)).toBeUndefined();
  });
});

describe('look-alikes in parseEmail', () => {
  it.each([
    ['\u039d\u038a\u039a\u039f\u03a3', '\u03bd\u03af\u03ba\u03bf\u03c2'],
    ['\u039d\u038a\u039a\u039f\u03a3', '\u03bd\u03af\u03ba\u03bf\u03c3'],
    ['\u03a3\u03a3.\u03a3', '\u03c3\u03c2.\u03c2'],
    ['\u1e9e', '\u00df'],
    ['\u212a\u017f', 'ks'],
  ])('%s and %s are one mailbox', (one, other) => {
    expect(parseEmail(`${one}@example.com`)).toBe(parseEmail(`${other}@example.com`));
    expect(parseEmail(`${one}@example.com`)).toBeDefined();
  });

  it.each([
    ['\u00df', 'ss'],
    ['\u0131', 'i'],
  ])('%s and %s are two mailboxes', (one, other) => {
    expect(parseEmail(`${one}@example.com`)).not.toBe(parseEmail(`${other}@example.com`));
  });

  it('a capital sigma at the end of an address is not a final sigma', () => {
    expect(parseEmail('a@example.\u039d\u0399\u039a\u039f\u03a3')).toBe('a@example.xn--uxachku');
    expect(parseEmail('a@example.\u03bd\u03b9\u03ba\u03bf\u03c2')).toBe('a@example.xn--uxachkp');
    expect(parseEmail('a@example.xn--uxachkp')).toBe('a@example.xn--uxachkp');
  });

  it('names the invisible character in the error about an address', () => {
    expect(emailRule('\u200bann@example.com')).toContain('has U+200B');
    expect(emailRule('ann@example\u{e0061}.com')).toContain('has U+E0061');
    expect(emailRule('Ann <ann@example.com>')).toBe('must be an e-mail address such as "ana@example.com"');
  });

  it.each([
    ...['\u3164', '\u115f', '\u1160', '\uffa0', '\ufe0f', '\ufe00', '\u{e0100}', '\u180b', '\u034f', '\u17b4', '\u200c', '\u200d'],
    ...['\u200e', '\u2066', '\u202e', '\u00ad', '\u2060', '\u{e0061}', '\u2800', '\u{13441}', '\u{16fe4}', '\ufeff', '\u{1d173}'],
  ])('the invisible %j is rejected anywhere in an address', (invisible) => {
    for (const address of [`a${invisible}b@example.com`, `\u65e5${invisible}@example.com`, `${invisible}@example.com`])
      expect(parseEmail(address)).toBeUndefined();
    expect(parseEmail(`a@exam${invisible}ple.com`)).toBeUndefined();
  });
});
