/**
 * A program of its own: connections that read one stream after the other for so long. Says how many events they read
 * and, where tokens say when they were written, how many µs later they were read.
 */
import net from 'node:net';
import { parseArgs } from 'node:util';
import { Histogram } from './histogram.ts';
import { askedFrom, streamRequest } from './stream-kinds.ts';
import { StreamReader } from './stream-reader.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '' },
    way: { type: 'string', default: 'direct' },
    kind: { type: 'string', default: 'flood' },
    connections: { type: 'string', default: '16' },
    seconds: { type: 'string', default: '1' },
    /** Between two streams of a connection. */
    'pause-ms': { type: 'string', default: '0' },
  },
});
const asked = askedFrom(values);
const stamps = asked.kind === 'first';
const request = streamRequest(asked);
const pauseMs = Number(values['pause-ms']);
const connections = Number(values.connections);
const delays = new Histogram();
const readers: StreamReader[] = [];
let streams = 0;
let lost = 0;

function call(): void {
  const reader = new StreamReader();
  readers.push(reader);
  const socket = net.connect({ port: asked.port, host: '127.0.0.1', noDelay: true });
  const ask = (): void => void socket.write(request, 'latin1');
  socket.once('connect', ask);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => lost++);
  socket.on('data', (bytes: Buffer) => {
    const now = stamps ? process.hrtime.bigint() : 0n;
    const before = reader.stamp;
    const over = reader.take(bytes, { stamps });
    if (reader.stamp !== undefined && reader.stamp !== before) delays.add(Number(now - reader.stamp) / 1000);
    if (!over) return;
    streams++;
    if (pauseMs === 0) ask();
    else setTimeout(ask, pauseMs);
  });
}

function end(): void {
  const failed = lost + readers.filter((reader) => reader.failed).length;
  const events = readers.reduce((sum, reader) => sum + reader.events, 0);
  const report = { events, streams, failed, p50: delays.quantile(0.5), p99: delays.quantile(0.99) };
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
}

// Not all at once, or their pauses would stay in step.
for (let i = 0; i < connections; i++) setTimeout(call, (i * pauseMs) / connections);
setTimeout(end, Number(values.seconds) * 1000);
