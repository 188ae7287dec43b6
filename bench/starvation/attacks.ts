import { Agent, type ClientRequest, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';

/* What one caller might do to keep others waiting. Each attack comes from an address of its own, and runs until it is killed. */

/** The attacker's address: any in 127.0.0.0/8 is this machine. */
const localAddress = '127.0.0.2';

export interface Target {
  readonly url: string;
  /** Of a signed-in user, the borrower of `loanId`. */
  readonly token: string;
  readonly loanId: string;
  /** A loan with 20,000 events. */
  readonly longLoanId: string;
  readonly quietLoanIds: readonly string[];
}

export interface Attack {
  readonly name: string;
  start(target: Target): void;
}

type Headers = Readonly<Record<string, string>>;

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends a request again and again, `concurrency` at a time. */
function repeat(target: Target, concurrency: number, sent: Sent): void {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  for (let worker = 0; worker < concurrency; worker += 1) again();

  function again(): void {
    const call = open(target, sent, agent);
    call.on('response', (response) => response.resume().on('close', again));
    call.on('error', () => setTimeout(again, 10));
    call.end(sent.body);
  }
}

function open(target: Target, { method, path, headers }: Omit<Sent, 'body'>, agent?: Agent): ClientRequest {
  return request(new URL(path, target.url), { method, headers, localAddress, ...(agent && { agent }) });
}

function signedIn({ token }: Target, type: string): Headers {
  return { Authorization: `Bearer ${token}`, 'Content-Type': type };
}

function upload(target: Target): Omit<Sent, 'body'> {
  return { method: 'POST', path: `/loans/${target.loanId}/lenders/imports`, headers: signedIn(target, 'text/csv') };
}

function graphql(query: string, variables: object = {}): Sent {
  const body = JSON.stringify({ query, variables });
  return { method: 'POST', path: '/graphql', headers: { 'Content-Type': 'application/json' }, body };
}

function connectTcp(target: Target): Socket {
  const { hostname, port } = new URL(target.url);
  return connect({ host: hostname, port: Number(port), localAddress }).on('error', () => {});
}

function connectWebSocket(target: Target, path: string, protocol?: string): WebSocket {
  const url = new URL(path, target.url.replace('http', 'ws'));
  const socket = new WebSocket(url, protocol, { localAddress, perMessageDeflate: false });
  return socket.on('error', () => {});
}

/** Opens `count` of something, some at a time, and a second later a new one for each that is closed. */
function holdOpen(count: number, openOne: (closed: () => void) => void): void {
  let started = 0;
  const timer = setInterval(() => {
    for (let burst = 0; burst < 100 && started < count; burst += 1) {
      started += 1;
      openOne(() => setTimeout(() => (started -= 1), 1000));
    }
  }, 10);
  timer.ref();
}

const REPEATED_FIELD = `{ loans { loans { ${'purpose '.repeat(1100)} } } }`;

export const attacks: readonly Attack[] = [
  { name: 'nothing', start: () => void setInterval(() => {}, 1000) },
  {
    name: 'a file whose first line never ends',
    start: (target) => repeat(target, 2, { ...upload(target), body: 'a'.repeat(65_000) }),
  },
  {
    name: 'the same in pieces of 16 bytes',
    start(target) {
      const call = open(target, upload(target)).on('error', () => {});
      const timer = setInterval(() => {
        for (let piece = 0; piece < 20 && !call.destroyed; piece += 1) call.write('a'.repeat(16));
      }, 1);
      call.on('response', () => clearInterval(timer));
      call.on('close', () => {
        clearInterval(timer);
        setTimeout(() => this.start(target), 10);
      });
    },
  },
  { name: 'GraphQL, one field 1,100 times, no token', start: (target) => repeat(target, 4, graphql(REPEATED_FIELD)) },
  {
    name: 'GraphQL, 2,000 unknown members, no token',
    start(target) {
      const lenders = [Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`unknown${index}`, 1]))];
      const query = 'mutation ($lenders: [LenderInput!]!) { addLenders(loanId: "a", lenders: $lenders) { remaining } }';
      repeat(target, 4, graphql(query, { lenders }));
    },
  },
  {
    name: 'four sockets that send GraphQL, no token',
    start(target) {
      holdOpen(4, (closed) => {
        const socket = connectWebSocket(target, '/graphql', 'graphql-transport-ws');
        let id = 0;
        const timer = setInterval(() => {
          for (let burst = 0; burst < 20 && socket.readyState === WebSocket.OPEN; burst += 1) {
            id += 1;
            socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query: REPEATED_FIELD } }));
          }
        }, 5);
        socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
        socket.on('close', () => {
          clearInterval(timer);
          closed();
        });
      });
    },
  },
  {
    name: 'a form of 7,300 members with 60 problems',
    start(target) {
      const members = Object.fromEntries(Array.from({ length: 7300 }, (_, index) => [`m${index}`, 1]));
      const lenders = Array.from({ length: 20 }, () => ({ email: 'x', contribution_amount: -1, name: '\u0000' }));
      const path = `/loans/${target.loanId}/lenders`;
      const headers = signedIn(target, 'application/json');
      repeat(target, 4, { method: 'POST', path, headers, body: JSON.stringify({ ...members, lenders }).slice(0, 65_536) });
    },
  },
  {
    name: '64 uploads that stop half-way',
    start(target) {
      holdOpen(64, (closed) => {
        const call = open(target, upload(target)).on('error', () => {});
        call.on('response', (response) => response.resume());
        call.on('close', closed);
        call.write('email,contribution_amount\n');
      });
    },
  },
  {
    name: '6,000 silent WebSockets',
    start(target) {
      holdOpen(6000, (closed) => connectWebSocket(target, '/feed').on('close', closed));
    },
  },
  { name: '11,000 idle connections', start: (target) => holdOpen(11_000, (closed) => connectTcp(target).on('close', closed)) },
  {
    name: 'a flood of requests without a token',
    start: (target) => repeat(target, 64, { method: 'GET', path: '/loans', headers: {}, body: '' }),
  },
  {
    name: 'a flood of requests for /health/ready',
    start: (target) => repeat(target, 64, { method: 'GET', path: '/health/ready', headers: {}, body: '' }),
  },
  {
    name: 'ten subscribers of 20,000 events each',
    start(target) {
      holdOpen(10, (closed) => {
        const socket = connectWebSocket(target, '/feed').on('close', closed);
        const { token, longLoanId: loan_id } = target;
        // The cursor before all events, as the API gives it.
        const call = open(target, {
          method: 'GET',
          path: `/loans/${loan_id}/events?limit=1`,
          headers: signedIn(target, 'text/plain'),
        });
        call.on('response', async (response) => {
          const { next_cursor: after } = JSON.parse(Buffer.concat(await response.toArray()).toString());
          const subscribe = () => socket.send(JSON.stringify({ type: 'subscribe', token, loan_id, after }));
          if (socket.readyState === WebSocket.OPEN) subscribe();
          else socket.on('open', subscribe);
        });
        call.on('error', () => socket.close());
        call.end();
      });
    },
  },
  {
    name: '1,000 subscriptions to quiet loans',
    start(target) {
      const { token, quietLoanIds } = target;
      for (let first = 0; first < quietLoanIds.length; first += 20) {
        const socket = connectWebSocket(target, '/feed');
        socket.on('open', () => {
          for (const loan_id of quietLoanIds.slice(first, first + 20))
            socket.send(JSON.stringify({ type: 'subscribe', token, loan_id }));
        });
      }
    },
  },
];
