import { describe, expect, it } from 'vitest';
import { emailOf } from '../../testing/app/domain-fixtures.ts';
import { nameAndAddress } from './display-name.ts';

describe('nameAndAddress', () => {
  const address = emailOf('ana@example.com');

  it.each([
    ['Ana Silva', 'Ana Silva'],
    ['  J. R. R.  O’Neill-Smith ', 'J. R. R. O’Neill-Smith'],
    ['Ана Петрова', 'Ана Петрова'],
    ['木村 花子', '木村 花子'],
    ['Ana\u202eavliS\u2066', 'AnaavliS'],
    ['A\u200bn\u00ada 🎉', 'Ana'],
    ['Henry 8', 'Henry 8'],
    ['Ａｎａ', 'Ana'],
    ['x'.repeat(60), `${'x'.repeat(40)}…`],
  ])('keeps what looks like a name: %j', (name, plain) => {
    expect(nameAndAddress(name, address)).toBe(`${plain} (ana@example.com)`);
  });

  it.each([
    ...[
      null,
      '',
      '   ',
      '🎉',
      '...',
      '123',
      'evil.example',
      'www.evil.example',
      'Visit evil。example',
      'evil．example',
      'evil․example',
    ],
    ...['https://evil.example', 'ana@bank.example', 'Bank (bank@bank.example)', 'Call +1 800 555 1234', '<b>Ana</b>', 'a/b', 'a"b'],
    'Z̸̢̡͎̾a',
  ])('returns null for more than a name: %j', (name) => {
    expect(nameAndAddress(name, address)).toBe('ana@example.com');
  });
});

describe('nameAndAddress', () => {
  it('puts the name in front of the address, never in its place', () => {
    const address = emailOf('ana@example.com');
    expect(nameAndAddress('Ana', address)).toBe('Ana (ana@example.com)');
    expect(nameAndAddress('bank.example', address)).toBe('ana@example.com');
  });

  it.each([
    ...[
      'PayPal',
      'Pay Pal',
      'P.a.y.P.a.l',
      'PAYPAL Support',
      'Paypa1',
      'PaypaI',
      'Ｐａｙｐａｌ',
      'Рayраl',
      'раураӏ',
      'Pаypal',
      'Páypal',
      'ᴘᴀʏᴘᴀʟ',
    ],
    ...[
      'Bank',
      'Your bank',
      'My-Bank',
      'Вank',
      'Support',
      'Supp0rt',
      'Ana (Support)',
      'Security Team',
      'Customer Service',
      'V e r i f y',
    ],
    ...[
      'Amazon',
      'Arnazon',
      'Amаzon',
      'Apple',
      'Google',
      'Private Lending',
      'PrivateLending',
      'Wells Fargo',
      'MasterCard Inc',
      'IRS',
    ],
    ...['Аna', 'Anа Silva', 'Αna', 'Sсott', 'Gɔɔgle', 'Facəbook', 'Ɓank'],
  ])('does not show a brand, a bank, a support desk, or an imitation of another alphabet: %j', (name) => {
    expect(nameAndAddress(name, emailOf('ana@example.com'))).toBe('ana@example.com');
  });

  it.each([
    ...[
      'Ana Banks',
      'Jo Burbank',
      'Mary Appleby',
      'Chase Adams',
      'Oscar Wise',
      'Bernard Arnault',
      'Виктор Банков',
      'Νίκος',
      'Ana Петрова',
    ],
    ...['Əli Məmmədov', 'Kɔfi Ɛdem', 'Ɗanladi Ɓello'],
    ...['木村Ken', 'Øyvind Åse', 'Łukasz Żak', 'Gülşah Işık', 'Teamo Visagie', 'Nguyễn Thị', 'Անի', 'Jean-Pierre O’Neil'],
  ])('shows the name of a person: %s', (name) => {
    expect(nameAndAddress(name, emailOf('ana@example.com'))).toBe(`${name} (ana@example.com)`);
  });

  it('isolates a right-to-left name', () => {
    expect(nameAndAddress('שרה', emailOf('ana@example.com'))).toBe('\u2068שרה\u2069 (ana@example.com)');
  });
});
