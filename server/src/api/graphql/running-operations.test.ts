import { describe, expect, it } from 'vitest';
import { RunningOperations } from './running-operations.ts';

const payload = { query: '{ x }' };

describe('RunningOperations', () => {
  it('gives each operation an id that none had before, and takes a client’s id once at a time', () => {
    const operations = new RunningOperations();
    const first = operations.start('a', payload);
    expect(operations.start('a', payload)).toBeUndefined();
    expect(operations.complete('a')).toBe(first);
    expect(operations.complete('a')).toBeUndefined();
    expect(operations.start('a', payload)).not.toBe(first);
  });

  it('sends a message under the client’s id, whatever is in it, until the operation has ended', () => {
    const operations = new RunningOperations();
    const clientId = '"\\,"type":"next';
    const id = operations.start(clientId, payload) ?? '';
    const message = (type: string) => JSON.stringify({ id, type, payload: { id: 'x' } });
    for (const type of ['next', 'next', 'error'])
      expect(JSON.parse(operations.toClient(message(type)) ?? '')).toEqual({ id: clientId, type, payload: { id: 'x' } });
    expect(operations.toClient(message('complete'))).toBeUndefined();
    expect(operations.start(clientId, payload)).toBeDefined();
  });

  it('sends nothing about an operation that the client has completed, and passes on other messages', () => {
    const operations = new RunningOperations();
    const id = operations.start('a', payload);
    operations.complete('a');
    operations.start('a', payload);
    expect(operations.toClient(JSON.stringify({ id, type: 'next' }))).toBeUndefined();
    for (const text of ['{"type":"pong"}', '{"type":"connection_ack"}']) expect(operations.toClient(text)).toBe(text);
  });
});
