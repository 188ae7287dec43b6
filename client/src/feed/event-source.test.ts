import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventStreamParser, type ServerSentEvent } from './event-source.ts';

function parse(...pieces: readonly string[]): ServerSentEvent[] {
  const parser = new EventStreamParser('start');
  return pieces.flatMap((piece) => parser.push(piece));
}

const event = (data: string | undefined, more: Partial<ServerSentEvent> = {}) => ({ data, type: 'message', id: 'start', ...more });

describe('EventStreamParser', () => {
  it.each<[string, string, ServerSentEvent[]]>([
    ['an event', 'data: a\n\n', [event('a')]],
    ['lines that end in CR', 'data: a\rid: 1\r\rdata: b\r\r', [event('a', { id: '1' }), event('b', { id: '1' })]],
    ['lines that end in CRLF', 'data: a\r\nid: 1\r\n\r\ndata: b\r\n\r\n', [event('a', { id: '1' }), event('b', { id: '1' })]],
    ['several lines of data', 'data: a\ndata:\ndata: b\n\n', [event('a\n\nb')]],
    ['a field without a colon', 'data\n\n', [event('')]],
    ['only one space after the colon as no part of the value', 'data:  a \n\n', [event(' a ')]],
    ['a colon in a value', 'data:a:b\n\n', [event('a:b')]],
    ['a type, for its event only', 'event: end\ndata: a\n\ndata: b\n\n', [event('a', { type: 'end' }), event('b')]],
    ['an id, also for later events', 'id: 7\ndata: a\n\ndata: b\n\n', [event('a', { id: '7' }), event('b', { id: '7' })]],
    ['an id without data', 'id: 7\n\n', [event(undefined, { id: '7' })]],
    [
      'an empty id, which removes the one before',
      'id: 7\n\nid\ndata: b\n\n',
      [event(undefined, { id: '7' }), event('b', { id: '' })],
    ],
  ])('reads %s', (_, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    ['comments', ': a\n:\n\n'],
    ['blocks without data and id', 'event: end\n\n\n\n'],
    ['fields that it does not know, and names in another case', 'Data: a\nevents: b\n data: c\n\n'],
    ['an id with NUL', 'id: a\0b\n\n'],
    ['a block that is cut off', 'data: a\nid: 1\n'],
  ])('ignores %s', (_, text) => {
    expect(parse(text)).toEqual([]);
  });

  it('has the time until the next connection once it is named, in digits', () => {
    const parser = new EventStreamParser('');
    expect(parser.retryMs).toBeUndefined();
    parser.push('retry: 100\n');
    expect(parser.retryMs).toBe(100);
    parser.push('retry: -5\nretry: 1e9\nretry:\nretry: 2.5\n');
    expect(parser.retryMs).toBe(100);
  });

  it('returns an event with the character that ends it, also where that is a CR', () => {
    const parser = new EventStreamParser('');
    expect(parser.push('data: a\r\n\r')).toHaveLength(1);
    expect(parser.push('\ndata: b\r')).toEqual([]);
    expect(parser.push('')).toEqual([]);
    expect(parser.push('\n')).toEqual([]); // of the CRLF, not an empty line
    expect(parser.push('\n')).toEqual([event('b', { id: '' })]);
  });

  it('reads a stream the same in whatever pieces it arrives', () => {
    const line = fc.oneof(
      fc.constantFrom('data: a', 'data', 'id: 1', 'id', 'event: end', ': c', '', 'retry: 5', 'data: é\u{1F600}', 'data:\ufeff'),
      fc.string(),
    );
    const stream = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n'))).map((lines) => lines.flat().join(''));
    void fc.assert(
      fc.property(stream, fc.array(fc.nat(100)), (text, cuts) => {
        const positions = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b), text.length];
        const pieces = positions.slice(1).map((end, n) => text.slice(positions[n], end));
        expect(parse(...pieces)).toEqual(parse(text));
        expect(parse(...text.split(''))).toEqual(parse(text));
      }),
    );
  });

  it.each([
    ['a line', () => 'x'],
    ['the data of an event', () => `data: ${'x'.repeat(1000)}\n`],
    ['one piece', (n: number) => `data: ${'x'.repeat(n === 0 ? 2 ** 20 : 0)}`],
  ])('rejects %s without end', (_, piece) => {
    const parser = new EventStreamParser('');
    const feed = () => {
      for (let n = 0; n < 2 ** 21; n += 1) parser.push(piece(n));
    };
    expect(feed).toThrow('An event of the stream is longer than 1048576 characters.');
  });
});
