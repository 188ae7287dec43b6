import { describe, expect, it } from 'vitest';
import { parseReply } from './connection.ts';

const REPLY = Buffer.from('HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n"é"');

describe('parseReply', () => {
  it('reads a response by its length in bytes', () => {
    expect(parseReply(REPLY)).toEqual({ status: 201, body: '"é"', bytes: REPLY.length });
  });

  it('leaves what comes after the response', () => {
    expect(parseReply(Buffer.concat([REPLY, REPLY]))).toEqual({ status: 201, body: '"é"', bytes: REPLY.length });
  });

  it('waits for a response that has not arrived whole', () => {
    for (const bytes of [0, 10, REPLY.length - 5, REPLY.length - 1]) expect(parseReply(REPLY.subarray(0, bytes))).toBeUndefined();
  });

  it('throws for a response without a length', () => {
    expect(() => parseReply(Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'))).toThrow(
      'without a length',
    );
  });
});
