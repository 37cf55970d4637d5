/**
 * A program of its own: streams chat completions in OpenAI's format, each model in another way. Says how many bytes it
 * got rid of when it is asked to end.
 */
import net from 'node:net';
import { parseArgs } from 'node:util';
import { BEGIN, DONE, FINISH, isComplete, token, usageEvent } from './chat-wire.ts';
import { FIRST_AFTER_MS, FLOOD_TOKENS, HUGE_BYTES, SLOW_EVERY_MS } from './stream-kinds.ts';

const END =
  FINISH +
  usageEvent(`"usage":{"prompt_tokens":12,"completion_tokens":${FLOOD_TOKENS},"total_tokens":${FLOOD_TOKENS + 12}}`) +
  DONE;
const WORD = token(' word');
const PAGE = token('x'.repeat(16 * 1024));

/** Many short tokens: each turn of the loop gives every open stream its next one, as an engine that decodes in batches does. */
let floods: { readonly socket: net.Socket; left: number }[] = [];

function flood(socket: net.Socket): void {
  socket.write(BEGIN, 'latin1');
  floods.push({ socket, left: FLOOD_TOKENS });
  if (floods.length === 1) setImmediate(decode);
}

function decode(): void {
  for (const stream of floods) stream.socket.write(stream.left-- > 0 ? WORD : END, 'latin1');
  floods = floods.filter(({ socket, left }) => left >= 0 && !socket.destroyed);
  if (floods.length > 0) setImmediate(decode);
}

/** One token, which says when it was written, by the clock of the machine. */
function first(socket: net.Socket): void {
  socket.write(BEGIN, 'latin1');
  setTimeout(() => socket.write(token(`t${process.hrtime.bigint()}`) + END, 'latin1'), FIRST_AFTER_MS);
}

function slow(socket: net.Socket): void {
  socket.write(BEGIN + WORD, 'latin1');
  const timer = setInterval(() => socket.write(WORD, 'latin1'), SLOW_EVERY_MS);
  socket.once('close', () => clearInterval(timer));
}

let hugeBytes = 0;

/** As much as the other side takes. */
function huge(socket: net.Socket): void {
  let left = HUGE_BYTES;
  const write = (): void => {
    let takes = true;
    while (takes && left > 0) {
      left -= PAGE.length;
      takes = socket.write(PAGE, 'latin1');
    }
    if (left <= 0) socket.write(END, 'latin1');
  };
  socket.write(BEGIN, 'latin1');
  socket.on('drain', write);
  socket.once('close', () => (hugeBytes += socket.bytesWritten));
  hugeSockets.add(socket);
  write();
}

const hugeSockets = new Set<net.Socket>();
const KINDS: Readonly<Record<string, (socket: net.Socket) => void>> = { flood, first, slow, huge };

function serve(socket: net.Socket): void {
  let pending = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => hugeSockets.delete(socket));
  socket.on('data', (bytes) => {
    pending += bytes.toString('latin1');
    if (!isComplete(pending)) return;
    const kind = /"model":\s*"(\w+)"/.exec(pending)?.[1] ?? '';
    pending = '';
    KINDS[kind]?.(socket);
  });
}

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
net.createServer(serve).listen(Number(values.port), '127.0.0.1', 4096);
process.once('SIGTERM', () => {
  const open = [...hugeSockets].reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0);
  process.stdout.write(`${JSON.stringify({ hugeBytes: hugeBytes + open })}\n`, () => process.exit(0));
});
