import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const ISSUER = { AUTH_ISSUER: 'https://login.example.com', AUTH_AUDIENCE: 'lending' };

describe('OPERATORS', () => {
  it('names nobody where it is not set, or empty', () => {
    expect(readConfig({}).operators.size).toBe(0);
    expect(readConfig({ OPERATORS: '' }).operators.size).toBe(0);
    expect(readConfig(ISSUER).operators.size).toBe(0);
  });

  it('is a list of addresses, each in its canonical spelling', () => {
    const { operators } = readConfig({ OPERATORS: 'Olga@Example.com, omar@bücher.example\nolga@example.com' });
    expect([...operators]).toEqual(['olga@example.com', 'omar@xn--bcher-kva.example']);
  });

  it.each([
    ['olga', 'OPERATORS must be e-mail addresses, not "olga"'],
    ['olga@example.com; omar@example.com', 'OPERATORS must be e-mail addresses, not "olga@example.com;"'],
    ['*@example.com *', 'OPERATORS must be e-mail addresses, not "*"'],
    [',', 'OPERATORS must be an e-mail address, or several separated by commas'],
  ])('refuses to start with %s', (OPERATORS, problem) => {
    expect(() => readConfig({ OPERATORS })).toThrow(problem);
  });

  it('are needed where mail waits for them, unless an issuer names them', () => {
    const enforced = { RISK: 'enforce' };
    expect(() => readConfig(enforced)).toThrow('RISK=enforce needs OPERATORS');
    expect(readConfig({ ...enforced, OPERATORS: 'olga@example.com' }).risk.mode).toBe('enforce');
    expect(readConfig({ ...enforced, ...ISSUER }).risk.mode).toBe('enforce');
  });

  it('refuses to start with an issuer, whose tokens name its operators', () => {
    expect(() => readConfig({ ...ISSUER, OPERATORS: 'olga@example.com' })).toThrow('OPERATORS is not for users of AUTH_ISSUER');
  });
});

describe('AUTH_OPERATOR_CLAIM', () => {
  it('is the name of a claim, by default roles', () => {
    for (const environment of [ISSUER, { ...ISSUER, AUTH_OPERATOR_CLAIM: '' }])
      expect(readConfig(environment).signIn).toMatchObject({ operatorClaim: 'roles' });
    expect(readConfig({ ...ISSUER, AUTH_OPERATOR_CLAIM: 'cognito:groups' }).signIn).toMatchObject({
      operatorClaim: 'cognito:groups',
    });
    expect(() => readConfig({ ...ISSUER, AUTH_OPERATOR_CLAIM: 'a b' })).toThrow('AUTH_OPERATOR_CLAIM must be the name of a claim');
  });

  it('refuses to start without an issuer', () => {
    expect(() => readConfig({ AUTH_OPERATOR_CLAIM: 'roles' })).toThrow('AUTH_OPERATOR_CLAIM needs AUTH_ISSUER');
  });
});
