import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LongLivedCounts {
  readonly streams: number;
  readonly tunnels: number;
  /** Closed, or silent for longer than `SILENCE_MS`. */
  readonly dropped: number;
  /** Frames that came back, and that were sent. */
  readonly echoed: number;
  readonly sent: number;
}

const SILENCE_MS = 2000;
const ECHO_MS = 250;
const FRAME = 'a text that comes back as it went';

/** One connection that should live on: `request` opens it, then something must come all the time. */
class LongLived {
  readonly #socket: net.Socket;
  #last = performance.now();
  #open = false;
  #closing = false;
  dropped = false;
  /** Behind the head of the reply. */
  bytes = 0;

  constructor(port: number, request: string) {
    this.#socket = net.connect(port, '127.0.0.1', () => this.#socket.write(request));
    this.#socket.on('error', () => this.#socket.destroy());
    this.#socket.on('data', (bytes: Buffer) => this.#heard(bytes));
    this.#socket.on('close', () => {
      if (!this.#closing) this.dropped = true;
    });
  }

  get open(): boolean {
    return this.#open;
  }

  #heard(bytes: Buffer): void {
    const now = performance.now();
    if (now - this.#last > SILENCE_MS) this.dropped = true;
    this.#last = now;
    // the head is short and comes alone or first
    this.bytes += this.#open ? bytes.length : bytes.length - bytes.indexOf('\r\n\r\n') - 4;
    this.#open = true;
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  close(): void {
    if (performance.now() - this.#last > SILENCE_MS) this.dropped = true;
    this.#closing = true;
    this.#socket.destroy();
  }
}

/** Streams and WebSocket tunnels through a gate, held open until `close`. */
export class LongLivedCallers {
  readonly #streams: readonly LongLived[];
  readonly #tunnels: readonly LongLived[];
  readonly #timer: NodeJS.Timeout;
  #sent = 0;

  constructor(port: number, options: { readonly each: number; readonly basePath: string }) {
    const { each, basePath } = options;
    const head = `HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    const key = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
    const many = (request: string) => Array.from({ length: each }, () => new LongLived(port, request));
    this.#streams = many(`GET ${basePath}/events ${head}\r\n`);
    this.#tunnels = many(`GET ${basePath}/echo ${head}${upgrade}${key}\r\n`);
    this.#timer = setInterval(() => this.#echo(), ECHO_MS);
  }

  #echo(): void {
    for (const tunnel of this.#tunnels.filter(({ open }) => open)) {
      tunnel.write(FRAME);
      this.#sent++;
    }
  }

  async close(): Promise<LongLivedCounts> {
    clearInterval(this.#timer);
    await sleep(ECHO_MS); // for what is still under way
    const all = [...this.#streams, ...this.#tunnels];
    for (const one of all) one.close();
    return {
      streams: this.#streams.length,
      tunnels: this.#tunnels.length,
      dropped: all.filter(({ dropped }) => dropped).length,
      echoed: this.#tunnels.reduce((sum, { bytes }) => sum + Math.floor(bytes / FRAME.length), 0),
      sent: this.#sent,
    };
  }
}
