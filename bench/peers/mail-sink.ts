import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

/* A mail server that takes everything at once and counts it, in a separate process. */

export interface MailSink {
  readonly url: string;
  /** Mails taken since the start. */
  count(): Promise<number>;
  stop(): void;
}

export async function startMailSink(): Promise<MailSink> {
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), { execArgv: flags });
  const [port] = await once(child, 'message');
  return {
    url: `smtp://127.0.0.1:${port}`,
    async count() {
      const answered = once(child, 'message');
      child.send('count');
      const [count] = await answered;
      return count;
    },
    stop: () => void child.kill(),
  };
}

const END_OF_MAIL = '\r\n.\r\n';
let mails = 0;

/** RFC 5321, as far as a client that makes no errors needs it; pipelined commands get their replies in order. */
function takeMail(socket: Socket): void {
  let received = '';
  let isData = false;
  socket.setNoDelay(true).setEncoding('latin1');
  socket.on('error', () => {});
  socket.write('220 sink\r\n');
  socket.on('data', (chunk) => {
    received += chunk;
    for (;;) {
      const end = received.indexOf(isData ? END_OF_MAIL : '\r\n');
      if (end < 0) return;
      const line = received.slice(0, end).toUpperCase();
      received = received.slice(end + (isData ? END_OF_MAIL.length : 2));
      if (isData) mails += 1;
      const isQuit = !isData && line === 'QUIT';
      isData = !isData && line === 'DATA';
      if (isQuit) return void socket.end('221 bye\r\n');
      socket.write(isData ? '354 go\r\n' : line.startsWith('EHLO') ? '250-sink\r\n250 PIPELINING\r\n' : '250 ok\r\n');
    }
  });
}

if (process.send && process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = createServer(takeMail).listen(0, '127.0.0.1');
  server.once('listening', () => process.send?.(Object(server.address()).port));
  process.on('message', () => process.send?.(mails));
}
