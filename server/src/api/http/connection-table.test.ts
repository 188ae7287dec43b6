import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { parseClientAddress } from '../../auth/client-address.ts';
import type { ClientAddress } from '../../execution/authenticate.ts';
import { type ConnectionLimits, ConnectionTable } from './connection-table.ts';

const addressOf = (number: number) => parseClientAddress(`203.0.113.${number}`) as ClientAddress;
const [HERE, THERE] = [addressOf(1), addressOf(2)];

function open(limits: Partial<ConnectionLimits>) {
  const time = { now: 0 };
  const table = new ConnectionTable({ perAddressMax: 100, perAddressPerSecond: 1000, idleFrom: 100, ...limits }, () => time.now);
  const connect = (address = HERE) => {
    const socket = new Socket();
    return { socket, outcome: table.add(socket, address), begin: () => table.beginRequest(socket) };
  };
  return { connect, time };
}

const isClosed = ({ socket }: { socket: Socket }) => socket.destroyed || socket.writableEnded;

describe('ConnectionTable', () => {
  it('rejects connections of an address that has its maximum in use, and drops further ones', () => {
    const { connect } = open({ perAddressMax: 2 });
    const used = [connect(), connect()];
    for (const connection of used) connection.begin();
    const outcomes = Array.from({ length: 60 }, () => connect().outcome);
    expect(outcomes).toEqual([...Array(50).fill('rejected'), ...Array(10).fill('dropped')]);
    expect(used.some(isClosed)).toBe(false);
    expect(connect(THERE).outcome).toBe('accepted');
  });

  it('rejects connections of an address that opens them too fast, though it closes them again', async () => {
    const { connect, time } = open({ perAddressPerSecond: 2 });
    const burst = Array.from({ length: 5 }, () => connect());
    expect(burst.map(({ outcome }) => outcome)).toEqual([...Array(4).fill('accepted'), 'rejected']);
    for (const { socket } of burst) socket.destroy();
    await new Promise(setImmediate);
    expect([connect().outcome, connect(THERE).outcome]).toEqual(['rejected', 'accepted']);
    time.now += 500;
    expect([connect().outcome, connect().outcome]).toEqual(['accepted', 'rejected']);
  });

  it('closes the longest idle connection of an address for its next, if it had a request', () => {
    const { connect } = open({ perAddressMax: 3 });
    const [first, second, silent, other] = [connect(), connect(), connect(), connect(THERE)];
    for (const { begin } of [second, first, other]) begin()();
    expect(connect().outcome).toBe('accepted');
    expect([first, second, silent, other].map(isClosed)).toEqual([false, true, false, false]);
    expect([connect().outcome, connect().outcome]).toEqual(['accepted', 'rejected']);
    expect([first, second, silent, other].map(isClosed)).toEqual([true, true, false, false]);
  });

  it('closes the longest idle connection of any address above the number of connections that leaves room', () => {
    const { connect } = open({ idleFrom: 3 });
    const [busy, idle, later] = [connect(), connect(THERE), connect()];
    busy.begin();
    expect([connect().outcome, [busy, idle, later].map(isClosed)]).toEqual(['accepted', [false, true, false]]);
    expect([connect().outcome, [busy, idle, later].map(isClosed)]).toEqual(['accepted', [false, true, true]]);
  });

  it('closes no idle connection of others for one that it rejects', () => {
    const { connect } = open({ perAddressMax: 1, idleFrom: 2 });
    connect().begin();
    const idle = connect(THERE);
    idle.begin()();
    expect([connect().outcome, isClosed(idle)]).toEqual(['rejected', false]);
  });

  it('keeps a connection with several requests until the last has ended', () => {
    const { connect } = open({ perAddressMax: 1 });
    const pipelined = connect();
    const [endFirst, endSecond] = [pipelined.begin(), pipelined.begin()];
    endFirst();
    expect([connect().outcome, isClosed(pipelined)]).toEqual(['rejected', false]);
    endSecond();
    expect([connect().outcome, isClosed(pipelined)]).toEqual(['accepted', true]);
  });

  it('gives the place of a closed connection to the next', async () => {
    const { connect } = open({ perAddressMax: 1 });
    const first = connect();
    const end = first.begin();
    first.socket.destroy();
    await new Promise(setImmediate);
    end();
    expect(connect().outcome).toBe('accepted');
  });
});
