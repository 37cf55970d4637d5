/**
 * A program of its own: holds sockets that send a byte of a request head now and then, and never finish it. Says
 * `ready` when all stand; a socket that is turned away comes again.
 */
import net from 'node:net';
import { parseArgs } from 'node:util';

const BYTE_MS = 1000;
const HEAD = `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ${'a'.repeat(10_000)}`;

const { values } = parseArgs({
  options: { port: { type: 'string', default: '' }, count: { type: 'string', default: '1000' } },
});
const count = Number(values.count);
let open = 0;
let closed = 0;
let ready = false;

function hold(): void {
  let at = 0;
  const socket = net.connect(Number(values.port), '127.0.0.1');
  const timer = setInterval(() => socket.write(HEAD[at++ % HEAD.length] ?? 'a'), BYTE_MS);
  socket.on('connect', () => {
    open++;
    if (open < count || ready) return;
    ready = true;
    process.stdout.write('ready\n');
  });
  socket.on('data', () => {});
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    clearInterval(timer);
    open--;
    closed++;
    setTimeout(hold, BYTE_MS);
  });
}

for (let i = 0; i < count; i++) setTimeout(hold, (i * BYTE_MS) / count);
process.once('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify({ open, closed })}\n`, () => process.exit(0));
});
