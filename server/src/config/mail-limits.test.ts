import { describe, expect, it } from 'vitest';
import { readBackgroundConfig, readConfig } from './config.ts';

const limitsOf = (environment: Readonly<Record<string, string>>) => readConfig(environment).mail.limits;

describe('mailLimitsOf', () => {
  it('reads all limits', () => {
    const environment = {
      MAILS_PER_DAY: '9000',
      SENDER_MAILS_PER_DAY: '0',
      NETWORK_MAILS_PER_DAY: '500',
      DOMAIN_MAILS_PER_DAY: '40',
      PACING: 'off',
      LARGE_MAIL_DOMAINS: 'Uni.EDU, bücher.de',
    };
    const largeDomains = new Set(['uni.edu', 'xn--bcher-kva.de']);
    expect(limitsOf(environment)).toEqual({
      inAll: 9000,
      perSender: 0,
      perNetwork: 500,
      perDomain: 40,
      isPaced: false,
      largeDomains,
    });
  });

  it('derives the limits of a borrower and of a network from INVITES_PER_HOUR', () => {
    const limits = { inAll: 50_000, perSender: 1000, perNetwork: 2000, perDomain: 200, isPaced: true };
    expect(limitsOf({})).toEqual({ ...limits, largeDomains: new Set() });
    expect(limitsOf({ INVITES_PER_HOUR: '1000' })).toMatchObject({ perSender: 5000, perNetwork: 10_000 });
    const { mail } = readBackgroundConfig({ STORE: 'dynamodb:lending', INVITES_PER_HOUR: '7' });
    expect(mail.limits).toMatchObject({ perSender: 35, perNetwork: 70 });
  });

  it.each([
    ['MAILS_PER_DAY', '-1', 'must be a whole number from 0 to 100000000'],
    ['SENDER_MAILS_PER_DAY', 'many', 'must be a whole number from 0 to 100000000'],
    ['NETWORK_MAILS_PER_DAY', '100000001', 'must be a whole number from 0 to 100000000'],
    ['DOMAIN_MAILS_PER_DAY', '1.5', 'must be a whole number from 0 to 100000000'],
    ['PACING', 'on', 'must be off, or not set'],
    ['LARGE_MAIL_DOMAINS', 'uni.edu, edu', 'must be domains such as example.edu, with commas between'],
  ])('rejects %s=%s', (name, text, rule) => {
    expect(() => readConfig({ [name]: text })).toThrow(`${name} ${rule}`);
  });
});
