import { describe, expect, it } from 'vitest';
import { toAsciiDomain } from './domain-name.ts';

describe('toAsciiDomain', () => {
  it.each([
    ['col\u00b7lega.cat', 'xn--collega-xma.cat'],
    ['\u03b1\u0375\u03b2.gr', 'xn--wva3je.gr'],
    ['\u05d0\u05f3\u05d1.co.il', 'xn--4dbc5h.co.il'],
    ['\u05d0\u05f4\u05d1.co.il', 'xn--4dbc8h.co.il'],
    ['\u30a2\u30fb\u30a4.jp', 'xn--ccke4x.jp'],
    ['\u65e5\u30fb\u672c.jp', 'xn--vek160nc2a.jp'],
    ['\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.com', 'xn--mgba3gch31f060k.com'],
    ['\u0915\u094d\u200d\u0937.in', 'xn--11b2ezcw70k.in'],
    ['\u0627\u0661\u0662.com', 'xn--mgb0jd.com'],
    ['\u0627\u06f1\u06f2.com', 'xn--mgb81bd.com'],
  ])('accepts %j, which has a contextual character where IDNA 2008 allows it', (unicode, ascii) => {
    expect(toAsciiDomain(unicode)).toBe(ascii);
    expect(toAsciiDomain(ascii)).toBe(ascii);
    expect(toAsciiDomain(ascii.toUpperCase())).toBe(ascii);
  });

  it.each([
    ['a\u00b7a.cat', 'xn--aa-0ea.cat'],
    ['\u00b7l.cat', 'xn--l-fda.cat'],
    ['\u03b1\u0375.gr', 'xn--wva3j.gr'],
    ['\u03b1\u0375a.gr', 'xn--a-jib3p.gr'],
    ['\u05f3\u05d1.co.il', 'xn--5db1e.co.il'],
    ['a\u05f4b.co.il', 'xn--ab-yod.co.il'],
    ['a\u30fbb.jp', 'xn--ab-3n4a.jp'],
    ['a\u200cb.com', 'xn--ab-j1t.com'],
    ['a\u200db.com', 'xn--ab-m1t.com'],
    ['\u0627\u0661\u06f1.com', 'xn--mgb0j6q.com'],
  ])('rejects %j and its form in ASCII, as IDNA 2008 does not allow the character there', (unicode, ascii) => {
    expect(toAsciiDomain(unicode)).toBeUndefined();
    expect(toAsciiDomain(ascii)).toBeUndefined();
  });

  it('keeps a final sigma, and does not make one of a capital at the end', () => {
    expect(toAsciiDomain('\u03bd\u03b9\u03ba\u03bf\u03c2.gr')).toBe('xn--uxachkp.gr');
    expect(toAsciiDomain('\u039d\u0399\u039a\u039f\u03a3.gr')).toBe('xn--uxachku.gr');
    expect(toAsciiDomain('\u03bd\u03b9\u03ba\u03bf\u03c3.gr')).toBe('xn--uxachku.gr');
  });

  it('treats a domain with symbols and its form in ASCII as one', () => {
    expect(toAsciiDomain('i\u2764.ws')).toBe('xn--i-7iq.ws');
    expect(toAsciiDomain('xn--i-7iq.ws')).toBe('xn--i-7iq.ws');
  });

  it.each(['\u00ad', '\u200b', '\ufe0f', '\u115f', '\u3164', '\u2060', '\u{e0061}', '\u2800', '\u{13441}'])(
    'rejects the invisible %j',
    (invisible) => {
      expect(toAsciiDomain(`exam${invisible}ple.com`)).toBeUndefined();
      expect(toAsciiDomain(`\u65e5${invisible}\u672c.com`)).toBeUndefined();
    },
  );

  it('limits what it converts to the length of a domain', () => {
    const label = '\u00e9'.repeat(50);
    expect(toAsciiDomain(`${label}.${label}.com`)).toBeDefined();
    expect(toAsciiDomain(`${`${label}.`.repeat(5)}com`)).toBeUndefined();
  });

  it.each([
    ...['xn--.com', 'xn--a.com', 'xn--abc-.com', 'xn--mnchen-3ya\u00fc.com', 'xn--\u00fc.com', 'xn--999999999.com'],
    ...['xn--ab-b76q.com', 'xn--xn--mnchen-3ya-zvb.com', '\u0301a.com', '1.\u05d0.com', '\u05d0a.com', '\u2488com.com'],
    ...['a\uff0fb.com', 'a\u2100b.com', 'a\uff20b.com', 'a_b.com', 'a b.com', 'a%41.com', '\u115f.com', 'a..com', 'com', ''],
    ...['example.0x1', 'example.0x', 'example.12', '\uff11.\uff12.\uff13.\uff14'],
  ])('rejects %j', (domain) => {
    expect(toAsciiDomain(domain)).toBeUndefined();
  });
});
