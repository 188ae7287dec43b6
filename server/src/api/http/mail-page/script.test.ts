import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { LOAN_ID } from '../../../testing/app/domain-fixtures.ts';
import { mailPage } from './page.ts';
import { mailPageScript } from './script.ts';

/** Runs the script on elements that stand in for the page's. @returns the texts that it fills in, by name */
function filledIn(url: string): Record<string, string> {
  const fills: Record<string, { textContent: string }> = { api: { textContent: '' }, loan: { textContent: '' } };
  const { pathname, origin, hash, search } = new URL(url);
  runInNewContext(mailPageScript, {
    location: { pathname, origin, hash, search },
    URLSearchParams,
    document: {
      getElementById: () => ({}),
      querySelectorAll(selector: string) {
        const [, name] = /^\[data-fill="(\w+)"\]$/.exec(selector) ?? [];
        return name === undefined ? [] : [fills[name]];
      },
    },
  });
  return Object.fromEntries(Object.entries(fills).map(([name, { textContent }]) => [name, textContent]));
}

const OIDC = { kind: 'oidc', audience: '', emailClaim: '', emailVerifiedClaim: '' } as const;

describe('mailPageScript', () => {
  it.each([
    ['at the root', 'https://lending.example.org', ''],
    ['below a path', 'https://example.org', '/lending'],
  ])('fills in where the API is and the loan: %s', (_, origin, path) => {
    expect(filledIn(`${origin}${path}/invite/${LOAN_ID}#token`)).toEqual({ api: origin + path, loan: LOAN_ID });
    expect(filledIn(`${origin}${path}/mail/opt-out#token`)).toEqual({ api: origin + path, loan: 'LOAN' });
  });

  it('fills in no loan from a path that has no id', () => {
    expect(filledIn('https://lending.example.org/invite/;rm%20-rf')['loan']).toBe('LOAN');
  });

  it('is the only script that the page’s policy allows', () => {
    const { html, policy } = mailPage('invitation', { signIn: { ...OIDC, issuer: '<b>' } });
    expect(html.split('<script>')).toHaveLength(2);
    expect(html).toContain(mailPageScript);
    expect(html).not.toContain('<b>');
    expect(policy.match(/script-src[^;]*/)?.[0]).toMatch(/^script-src 'sha256-[\w+/=]{44}'$/);
  });
});
