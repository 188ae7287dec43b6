import { describe, expect, it } from 'vitest';
import { nameSignals, payloadOf } from './name-signals.ts';

describe('nameSignals', () => {
  it.each([
    ['PayPal Security', ['brand', 'authority']],
    ['Pay Pal', ['brand']],
    ['P a y P a l', ['brand']],
    ['PayPaI', ['brand']],
    ['Paypall Inc', ['brand']],
    ['Mircosoft', ['brand']],
    ['Micros0ft', ['brand']],
    ['𝐏𝐚𝐲𝐏𝐚𝐥', ['brand']],
    ['РауРаl', ['brand', 'mixed-script']],
    ['Chase Support', ['brand', 'authority']],
    ['Customer Support', ['authority']],
    ['Ihre Sicherheit', ['authority']],
    ['Win at https://x.example', ['url']],
    ['www.lottery.example', ['url']],
    ['call bit.ly/3xYz', ['url']],
    ['cheap-pills.shop', ['url']],
    ['ana@example.com', ['url']],
    ['Call 0800 123 4567', ['phone']],
  ])('finds in "%s": %j', (name, signals) => {
    expect(nameSignals(name)).toEqual(signals);
  });

  it.each([
    'Chase Miller',
    'Ana María López-García',
    'J.R. Smith',
    'J.De Vries',
    'Maria St.John',
    'Santander Ruiz',
    'Klara Visa',
    'Анна Иванова',
    'Ελένη Παπαδοπούλου',
    '佐藤 ゆうこ',
    'محمد علي',
    'Dr. Ing. Karl-Heinz Ößling 3.',
    'O’Brien, Pat',
    'Anna Schmidt (Mama)',
  ])('finds nothing in the name %s', (name) => {
    expect(nameSignals(name)).toEqual([]);
  });

  it('weighs words that functions of a company have less than what no person is called', () => {
    expect(payloadOf('Accounts')).toBe(0.5);
    expect(payloadOf('Amazon Accounts')).toBe(1);
    expect(payloadOf('Ana')).toBe(0);
  });
});
