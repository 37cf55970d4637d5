import net from 'node:net';
import { ReplyScanner } from './reply-scanner.ts';

export interface CallerEvents {
  /** The connection stands, for the first time or again. */
  onReady(caller: KeepAliveCaller): void;
  onReply(caller: KeepAliveCaller, status: number): void;
  /** The connection ended while a call was under way. */
  onLost(caller: KeepAliveCaller): void;
  /** It could not be opened, or ended with no call under way. */
  onClosed(caller: KeepAliveCaller): void;
}

const BUFFER_BYTES = 65_536;
const REOPEN_MS = 10;
/** Replies are read before the next read begins, so all connections share one buffer. */
const buffer = Buffer.allocUnsafe(BUFFER_BYTES);

/** One connection with at most one call under way; opens itself anew when it was closed, until `close`. */
export class KeepAliveCaller {
  /** When the call under way ought to have begun; the caller's owner reads and writes it. */
  intended = 0;
  busy = false;
  readonly #port: number;
  readonly #events: CallerEvents;
  #scanner = new ReplyScanner();
  #socket: net.Socket;
  #closing = false;

  constructor(port: number, events: CallerEvents) {
    this.#port = port;
    this.#events = events;
    this.#socket = this.#open();
  }

  #open(): net.Socket {
    const scanner = new ReplyScanner();
    this.#scanner = scanner;
    const onread = { buffer, callback: (length: number): boolean => this.#read(length) };
    const socket = net.connect({ port: this.#port, host: '127.0.0.1', noDelay: true, onread });
    socket.on('connect', () => this.#events.onReady(this));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#closed());
    return socket;
  }

  send(request: string): void {
    this.busy = true;
    this.#socket.write(request, 'latin1');
  }

  #read(length: number): boolean {
    if (this.#scanner.take(buffer, length)) {
      this.busy = false;
      this.#events.onReply(this, this.#scanner.status);
    }
    return true;
  }

  #closed(): void {
    const lost = this.busy;
    this.busy = false;
    if (this.#closing) return;
    if (lost) this.#events.onLost(this);
    else this.#events.onClosed(this);
    setTimeout(() => {
      if (!this.#closing) this.#socket = this.#open();
    }, REOPEN_MS);
  }

  close(): void {
    this.#closing = true;
    this.#socket.destroy();
  }
}
