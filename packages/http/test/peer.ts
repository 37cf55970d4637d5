import net from 'node:net';

/** One turn of the event loop: everything that has arrived has been read when it resolves. */
export async function turn(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}

const PATIENCE_MS = 8000;

/** Goes round the event loop until `condition` holds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never came: ${what}`);
    await turn();
  }
}

/** One end of a raw connection, caller's or upstream's: says exactly what it is told to and keeps all it hears. */
export class Peer {
  readonly socket: net.Socket;
  /** The peer has sent its FIN. */
  finished = false;
  closed = false;
  /** Why it closed, such as ECONNRESET. */
  error = '';
  #bytes = 0;
  #pieces: string[] = [];

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.#bytes += bytes.length;
      this.#pieces.push(bytes.toString('latin1'));
    });
    socket.on('end', () => (this.finished = true));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.error = error.code ?? String(error)));
    socket.on('close', () => (this.closed = true));
  }

  /** All that came, a character a byte. */
  get received(): string {
    const all = this.#pieces.join('');
    this.#pieces = [all];
    return all;
  }

  get receivedBytes(): number {
    return this.#bytes;
  }

  send(...what: readonly (string | Buffer)[]): void {
    for (const each of what) this.socket.write(each, 'latin1');
  }

  /** Each piece is a read of its own on the other side. */
  async sendPieces(pieces: readonly (string | Buffer)[]): Promise<void> {
    for (const piece of pieces) {
      this.send(piece);
      await turn();
    }
  }

  /** Sends FIN and reads on. */
  end(): void {
    this.socket.end();
  }

  /** Sends RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Resolves once that text has come. */
  async hears(text: string): Promise<void> {
    await until(() => this.received.includes(text) || this.closed, `"${text}"`);
    if (!this.received.includes(text)) throw new Error(`closed (${this.error}) after "${this.received.slice(0, 500)}"`);
  }

  async hearsBytes(count: number): Promise<void> {
    await until(() => this.#bytes >= count || this.closed, `${count} bytes`);
  }

  /** Resolves with all that came once the connection is closed. */
  async farewell(): Promise<string> {
    await until(() => this.closed, 'the end of the connection');
    return this.received;
  }
}

export async function dial(port: number): Promise<Peer> {
  const peer = new Peer(net.connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
  // A FIN is answered as most programs do, unless the test holds its side open itself.
  peer.socket.on('end', () => peer.socket.end());
  await until(() => !peer.socket.connecting, 'a connection');
  return peer;
}
