/**
 * A program of its own: opens streams that never end and reads them. Says `ready` when each has its first words, and
 * when it is asked to end how many are still heard from.
 */
import net from 'node:net';
import { parseArgs } from 'node:util';
import { askedFrom, SLOW_EVERY_MS, streamRequest } from './stream-kinds.ts';

const OPENED_PER_SECOND = 1000;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '' },
    way: { type: 'string', default: 'same' },
    kind: { type: 'string', default: 'slow' },
    count: { type: 'string', default: '2000' },
  },
});
const asked = askedFrom(values);
const request = streamRequest(asked);
const count = Number(values.count);
/** When each was last heard. */
const heard = new Map<net.Socket, number>();
let ready = false;

function open(): void {
  const socket = net.connect(asked.port, '127.0.0.1', () => socket.write(request, 'latin1'));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => heard.delete(socket));
  socket.on('data', (bytes) => {
    if (!heard.has(socket) && bytes.toString('latin1', 9, 12) !== '200') socket.destroy();
    else heard.set(socket, performance.now());
    if (heard.size < count || ready) return;
    ready = true;
    process.stdout.write('ready\n');
  });
}

for (let i = 0; i < count; i++) setTimeout(open, (i * 1000) / OPENED_PER_SECOND);
process.once('SIGTERM', () => {
  const since = performance.now() - 3 * SLOW_EVERY_MS;
  const alive = [...heard.values()].filter((atMs) => atMs > since).length;
  process.stdout.write(`${JSON.stringify({ alive })}\n`, () => process.exit(0));
});
