/**
 * A program of its own: answers chat completions in OpenAI's format as cheaply as Node can, whole or streamed. Each
 * turn of the loop gives every open stream its next chunk, as an engine that decodes in batches does.
 */
import net from 'node:net';
import { parseArgs } from 'node:util';
import { BEGIN, COMMON, DONE, FINISH, isComplete, token, usageEvent } from './chat-wire.ts';

const CHUNKS = 20;
const USAGE = '"usage":{"prompt_tokens":12,"completion_tokens":20,"total_tokens":32}';

const whole = `{"object":"chat.completion",${COMMON},"choices":[{"index":0,"message":{"role":"assistant","content":"The gate is open, and whoever holds a key may pass through it today.","refusal":null},"logprobs":null,"finish_reason":"stop"}],${USAGE}}`;
const WHOLE = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${whole.length}\r\n\r\n${whole}`;

const middle = token(' word');
const usage = usageEvent(USAGE);

class Stream {
  readonly #socket: net.Socket;
  readonly #withUsage: boolean;
  #sent = 0;

  constructor(socket: net.Socket, withUsage: boolean) {
    this.#socket = socket;
    this.#withUsage = withUsage;
  }

  /** Writes the next of its chunks; false when that was the last. */
  next(): boolean {
    if (this.#socket.destroyed) return false;
    this.#sent++;
    if (this.#sent < CHUNKS) {
      this.#socket.write(this.#sent === 1 ? BEGIN : middle, 'latin1');
      return true;
    }
    this.#socket.write(FINISH + (this.#withUsage ? usage : '') + DONE, 'latin1');
    return false;
  }
}

let streams: Stream[] = [];

function decode(): void {
  streams = streams.filter((stream) => stream.next());
  if (streams.length > 0) setImmediate(decode);
}

function answer(socket: net.Socket, request: string): void {
  if (!/"stream":\s*true/.test(request)) {
    socket.write(WHOLE, 'latin1');
    return;
  }
  streams.push(new Stream(socket, /"include_usage":\s*true/.test(request)));
  if (streams.length === 1) setImmediate(decode);
}

function serve(socket: net.Socket): void {
  let pending = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    pending += bytes.toString('latin1');
    if (!isComplete(pending)) return;
    answer(socket, pending);
    pending = '';
  });
}

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
net.createServer(serve).listen(Number(values.port), '127.0.0.1', 4096);
