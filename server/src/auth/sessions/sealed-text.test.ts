import { randomBytes } from 'node:crypto';
import { CompactEncrypt, decodeProtectedHeader } from 'jose';
import { expect, it } from 'vitest';
import { fixedKeyRing } from '../../storage/key-ring.ts';
import { createSealer } from './sealed-text.ts';

const key = randomBytes(32);
const sealer = createSealer(fixedKeyRing(key, 3), 'session');

it('opens what it has sealed, and never seals a text the same way twice', async () => {
  const [first, second] = [await sealer.seal('ana'), await sealer.seal('ana')];
  expect(first).not.toBe(second);
  expect(first).not.toContain(Buffer.from('ana').toString('base64url'));
  expect(decodeProtectedHeader(first)).toEqual({ alg: 'dir', enc: 'A256GCM', kid: '3', typ: 'session' });
  expect([await sealer.open(first), await sealer.open(second)]).toEqual(['ana', 'ana']);
});

it('does not open a text with one character changed', async () => {
  const sealed = await sealer.seal('ana');
  const dots = [...sealed].flatMap((character, at) => (character === '.' ? [] : [at]));
  for (const at of [dots[1], dots[40], dots[70], dots.at(-20), dots.at(-2)]) {
    const changed = sealed.slice(0, at) + (sealed[at ?? 0] === 'A' ? 'B' : 'A') + sealed.slice((at ?? 0) + 1);
    expect(await sealer.open(changed)).toBeUndefined();
  }
});

it('does not open what was sealed for another use, with another key, or with a retired one', async () => {
  const others = [createSealer(fixedKeyRing(key, 3), 'ticket'), createSealer(fixedKeyRing(randomBytes(32), 3), 'session')];
  for (const other of [...others, createSealer(fixedKeyRing(key, 2), 'session')])
    expect(await sealer.open(await other.seal('ana'))).toBeUndefined();
});

it('does not open other algorithms, other texts, or more than a cookie holds', async () => {
  const encrypt = (enc: string, kid: string) =>
    new CompactEncrypt(Buffer.from('ana')).setProtectedHeader({ alg: 'dir', enc, kid, typ: 'session' });
  expect(await sealer.open(await encrypt('A128CBC-HS256', '3').encrypt(key))).toBeUndefined();
  expect(await sealer.open(await encrypt('A256GCM', '03x').encrypt(key))).toBeUndefined();
  for (const text of ['', 'a', 'a.b.c.d.e', '....', await sealer.seal('x'.repeat(4096))])
    expect(await sealer.open(text)).toBeUndefined();
});
