import { createServer, type Socket } from 'node:net';

/*
 * A mail server that takes every mail at once, in a process of its own. Prints its port, then the number of mails so far whenever it
 * reads a line from its input.
 */

const END = '\r\n.\r\n';
let mails = 0;

function serveClient(socket: Socket): void {
  let isData = false;
  let text = '';
  const reply = (line: string) => socket.write(`${line}\r\n`);
  const takeLine = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'DATA') isData = true;
    if (verb === 'QUIT') socket.end('221 bye\r\n');
    else reply(isData ? '354 go ahead' : '250 ok');
  };
  socket.setNoDelay(true).on('error', () => {});
  reply('220 sink');
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      const end = text.indexOf(isData ? END : '\r\n');
      if (end < 0) return;
      if (isData) {
        text = text.slice(end + END.length);
        isData = false;
        mails += 1;
        reply('250 taken');
      } else {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        takeLine(line);
      }
    }
  });
}

const server = createServer(serveClient).listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address ? address.port : ''}\n`);
});
process.stdin.on('data', () => void process.stdout.write(`${mails}\n`)).on('end', () => process.exit());
