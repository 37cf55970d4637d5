import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import { latin1 } from './latin1.ts';
import { tlsOptions, type TlsSettings } from './tls-settings.ts';

/** What a connection hears from its socket. Bytes are valid during the call only: one buffer serves the whole thread. */
export interface WireEvents {
  onBytes(bytes: Buffer, length: number): void;
  /** The peer will send no more (FIN). */
  onEnd(): void;
  /** More was written than the peer takes at once; nothing more should be until `onDrain`. */
  onFull(): void;
  /** What was written has left; write on. */
  onDrain(): void;
  onClose(error: Error | undefined): void;
  /** Something that an event led to has thrown: it may cost this connection, never the thread and all others on it. */
  onFault(error: unknown): void;
}

export function guarded(events: Pick<WireEvents, 'onFault'>, deal: () => void): void {
  try {
    deal();
  } catch (error) {
    events.onFault(error);
  }
}

/** Body pieces up to this size ride in the same write as the head, as one string: one call into the kernel, no garbage. */
const JOINED_BYTES_MAX = 16 * 1024;
const READ_BYTES = 64 * 1024;
const sharedBytes = Buffer.allocUnsafeSlow(READ_BYTES);

/** What carries a wire in the end. In HTTP/2 all wires of a session share it: read from it, never write or close it. */
export type Transport = Duplex & { readonly remoteAddress?: string | undefined };

/** What a connection reads from and writes to: a socket, or one stream of an HTTP/2 session. */
export interface Wire {
  readonly socket: Transport;
  /** One exchange of an HTTP/2 session: what is written in HTTP/1.1 is framed anew, and there are trailers. */
  readonly http2: boolean;
  text(text: string): void;
  /** Valid during the call only. */
  bytes(bytes: Buffer, start: number, end: number): void;
  /** Bytes that nobody changes any more, and that need no copy. */
  lasting(bytes: Buffer): void;
  /** Lets what was gathered leave; false when the other side reads too slowly. */
  flush(): boolean;
  /** Meets a reset that nobody reads any more. */
  poke(): void;
  /** The peer has yet to take what was written. */
  readonly full: boolean;
  /** Bytes that have not left yet. */
  readonly unsent: number;
  /** Bytes that were written so far. */
  readonly written: number;
  pause(): void;
  resume(): void;
  readonly paused: boolean;
  /** Nothing can be written any more. */
  readonly gone: boolean;
  /** Says that no more will be written, after what is still to leave. */
  end(): void;
  destroy(): void;
  /** Destroys with a reset, where the end of the connection would look like the end of the message. */
  reset(): void;
  /** Has the peer asked, after so long a silence, whether it is still there. */
  keepAlive(ms: number): void;
  /** Two wires joined for good, such as a WebSocket's: called whenever this one takes more again. */
  onTaken(taken: () => void): void;
  onceClosed(closed: () => void): void;
}

/**
 * Sockets with something to say, in the order in which they got it. They are written to in one go after the loop has
 * dealt with all reads of a turn: the first write wakes the process at the other end, and the next ones find it awake.
 */
let dirty: SocketWire[] = [];

function writeDirty(): void {
  const wires = dirty;
  dirty = [];
  for (const wire of wires) wire.write();
}

/**
 * One socket of either side. Reads land in a buffer that all sockets of the thread share, because they are dealt with
 * at once; writes gather as one latin1 string until `flush`. Both together halve the cost of a proxied request
 * against stream events and corked buffers.
 */
export class SocketWire implements Wire {
  readonly socket: net.Socket;
  readonly http2 = false;
  readonly #events: WireEvents;
  #out = '';
  /** Waits in `dirty`. */
  #queued = false;
  #paused = false;
  /** Written faster than the peer reads, until 'drain'. */
  #full = false;
  /** Ended or destroyed by us, or closed. */
  #gone = false;
  #error: Error | undefined;

  constructor(socket: net.Socket, events: WireEvents, reads: 'shared' | 'stream') {
    this.socket = socket;
    this.#events = events;
    socket.setNoDelay(true);
    socket.on('error', (error: Error) => (this.#error = error));
    socket.on('end', () => {
      // Behind an error of TLS comes an end, then the close that tells of both.
      if (this.#error === undefined) guarded(events, () => events.onEnd());
    });
    socket.on('drain', () => {
      this.#full = false;
      guarded(events, () => events.onDrain());
    });
    socket.on('close', () => {
      this.#gone = true;
      guarded(events, () => events.onClose(this.#error));
    });
    if (reads === 'stream') {
      socket.on('data', (bytes: Buffer) => guarded(events, () => events.onBytes(bytes, bytes.length)));
    }
    // One that came paused would not begin by itself.
    socket.resume();
  }

  text(text: string): void {
    this.#out += text;
  }

  bytes(bytes: Buffer, start: number, end: number): void {
    if (end - start <= JOINED_BYTES_MAX) {
      this.#out += latin1(bytes, start, end);
      return;
    }
    this.write();
    this.#write(Buffer.from(bytes.subarray(start, end)));
  }

  /** Bytes that nobody changes any more, and that need no copy. */
  lasting(bytes: Buffer): void {
    if (bytes.length <= JOINED_BYTES_MAX) {
      this.bytes(bytes, 0, bytes.length);
      return;
    }
    this.write();
    this.#write(bytes);
  }

  /** Lets what was gathered leave at the end of this turn of the loop; false when the other side reads too slowly. */
  flush(): boolean {
    if (this.#out.length > JOINED_BYTES_MAX) this.write();
    else if (this.#out !== '' && !this.#queued) {
      this.#queued = true;
      if (dirty.push(this) === 1) setImmediate(writeDirty);
    }
    return !this.#full;
  }

  /** Hands over what was gathered. */
  write(): void {
    this.#queued = false;
    const out = this.#out;
    if (out === '') return;
    this.#out = '';
    this.#write(out);
  }

  /** A write of nothing meets a reset that nobody reads any more. */
  poke(): void {
    if (!this.#gone) this.socket.write('');
  }

  #write(out: string | Buffer): void {
    if (this.#gone || this.socket.write(out, 'latin1')) return;
    this.#full = true;
    this.#events.onFull();
  }

  /** The peer has yet to take what was written. */
  get full(): boolean {
    return this.#full;
  }

  /** Bytes that the kernel has not taken yet. */
  get unsent(): number {
    return this.#out.length + this.socket.writableLength;
  }

  get written(): number {
    return this.socket.bytesWritten;
  }

  get gone(): boolean {
    return this.#gone || this.socket.destroyed;
  }

  keepAlive(ms: number): void {
    this.socket.setKeepAlive(true, ms);
  }

  onTaken(taken: () => void): void {
    this.socket.on('drain', taken);
  }

  onceClosed(closed: () => void): void {
    this.socket.once('close', closed);
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.socket.resume();
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Says that no more will be written, after what is still to leave. */
  end(): void {
    this.write();
    this.#gone = true;
    this.socket.end();
  }

  destroy(): void {
    this.#out = '';
    this.#gone = true;
    this.socket.destroy();
  }

  /** Gives the connection to a socket that reads for itself, as another protocol does; what was read comes first. */
  release(read: Buffer): net.Socket {
    this.#out = '';
    this.#gone = true;
    const handle: unknown = Reflect.get(this.socket, '_handle');
    this.socket.removeAllListeners();
    Reflect.set(this.socket, '_handle', null);
    this.socket.destroy();
    const socket = socketOver({ handle, allowHalfOpen: true });
    socket.unshift(read);
    return socket;
  }

  /** Destroys with a reset, where the end of the connection would look like the end of the message. */
  reset(): void {
    this.#out = '';
    this.#gone = true;
    if (this.socket instanceof tls.TLSSocket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }
}

interface OnRead {
  readonly buffer: Uint8Array;
  readonly callback: (length: number, bytes: Uint8Array) => boolean;
}

function sharedReads(events: WireEvents): OnRead {
  return {
    buffer: sharedBytes,
    callback: (length) => {
      // As `guarded` does, without a closure for each read.
      try {
        events.onBytes(sharedBytes, length);
      } catch (error) {
        events.onFault(error);
      }
      return true;
    },
  };
}

/** Wires an accepted socket, which must come paused (`pauseOnConnect`) and unread. */
export function acceptWire(accepted: net.Socket, events: WireEvents): SocketWire {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (handle === undefined || handle === null) return new SocketWire(accepted, events, 'stream');
  // A socket of our own over the same handle is the only way to give an accepted connection a read buffer.
  Reflect.set(accepted, '_handle', null);
  accepted.destroy();
  return new SocketWire(socketOver({ handle, onread: sharedReads(events), allowHalfOpen: true }), events, 'shared');
}

/** `handle` is an option of Socket's constructor that its types know in another meaning only. */
function socketOver(options: object): net.Socket {
  const socket: unknown = Reflect.construct(net.Socket, [options]);
  if (socket instanceof net.Socket) return socket;
  throw new TypeError('net.Socket made no socket');
}

/** Wires a socket that goes through a stream of Node's own, such as TLS. */
export function streamWire(socket: net.Socket, events: WireEvents): SocketWire {
  return new SocketWire(socket, events, 'stream');
}

export interface Destination {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Without, certificates are verified against the system's authorities. */
  readonly tlsWith?: TlsSettings | undefined;
  /** Whom the certificate must name, where `host` is not the name. */
  readonly serverName?: string | undefined;
}

/** Begins to connect; the socket emits `readyEvent(destination)` when it may carry a request. */
export function connectWire(destination: Destination, events: WireEvents): SocketWire {
  const { host, port } = destination;
  if (!destination.tls)
    return new SocketWire(net.connect({ host, port, onread: sharedReads(events) }), events, 'shared');
  return streamWire(connectSocket(destination, ['http/1.1']), events);
}

/** A socket that reads as a stream; `protocols` are what is offered by ALPN. */
export function connectSocket(destination: Destination, protocols: string[]): net.Socket {
  const { host, port, tls: secure, serverName = host, tlsWith } = destination;
  if (!secure) return net.connect({ host, port });
  return tls.connect({ host, port, ALPNProtocols: protocols, ...tlsOptions(tlsWith, serverName) });
}

export function readyEvent(destination: Destination): 'connect' | 'secureConnect' {
  return destination.tls ? 'secureConnect' : 'connect';
}
