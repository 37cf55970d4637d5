/**
 * A program of its own: callers of long answers, half of whom stop reading behind the head while the others read a byte
 * now and then. Says how much they have read when it is asked to end.
 */
import net from 'node:net';
import { parseArgs } from 'node:util';
import { askedFrom, streamRequest } from './stream-kinds.ts';

const BYTE_MS = 50;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '' },
    way: { type: 'string', default: 'same' },
    kind: { type: 'string', default: 'huge' },
    count: { type: 'string', default: '8' },
  },
});
const asked = askedFrom(values);
const request = streamRequest(asked);
const count = Number(values.count);
let begun = 0;
let bytes = 0;
let open = 0;

function read(stops: boolean): void {
  let first = true;
  const callback = (length: number): boolean => {
    bytes += length;
    if (first && ++begun === count) process.stdout.write('ready\n');
    first = false;
    if (!stops) setTimeout(() => socket.resume(), BYTE_MS);
    return false;
  };
  // A buffer of one byte: so much is taken from the kernel each time.
  const socket = net.connect({ port: asked.port, host: '127.0.0.1', onread: { buffer: Buffer.alloc(1), callback } });
  socket.once('connect', () => {
    open++;
    socket.write(request, 'latin1');
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => open--);
}

for (let i = 0; i < count; i++) read(i % 2 === 0);
process.once('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify({ bytes, open })}\n`, () => process.exit(0));
});
