import net from 'node:net';
import tls, { rootCertificates } from 'node:tls';
import type { SyslogSpec } from '@gatehouse/config';
import { SinkError } from '../sink.ts';
import type { SyslogWire } from './syslog-sink.ts';

/**
 * TCP and TLS with octet counting (RFC 6587 §3.4.1, RFC 5425 §4.3). Syslog acknowledges nothing: a batch counts as taken
 * when our system has it, and what was on its way when the server died is lost.
 */
export class StreamWire implements SyslogWire {
  readonly #spec: SyslogSpec;
  #socket: net.Socket | undefined;

  constructor(spec: SyslogSpec) {
    this.#spec = spec;
  }

  async send(messages: readonly string[], signal: AbortSignal): Promise<number> {
    const socket = await this.#connected(signal);
    const bytes = Buffer.from(messages.map((message) => `${message.length} ${message}`).join(''), 'latin1');
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const onClose = (): void =>
      reject(new SinkError('the syslog server has closed the connection', { retry: 'later' }));
    socket.once('close', onClose);
    const heedless = destroyedBy(signal, socket);
    socket.write(bytes, (error) => (error instanceof Error ? reject(error) : resolve(undefined)));
    try {
      await promise;
    } finally {
      socket.off('close', onClose);
      heedless();
    }
    return 0;
  }

  close(): void {
    this.#socket?.end();
    this.#socket = undefined;
  }

  async #connected(signal: AbortSignal): Promise<net.Socket> {
    if (this.#socket?.writable === true) return this.#socket;
    this.#socket?.destroy();
    const socket = this.#connect();
    this.#socket = socket;
    const { promise, resolve, reject } = Promise.withResolvers<net.Socket>();
    socket.once(this.#spec.transport === 'tls' ? 'secureConnect' : 'connect', () => resolve(socket));
    socket.once('close', () =>
      reject(new SinkError('the syslog server has closed the connection', { retry: 'later' })),
    );
    const heedless = destroyedBy(signal, socket);
    // Stays: an error between two batches shows at the next one.
    socket.on('error', reject);
    // Nothing is expected to come; what does must not fill the memory. A server that has ended its side is left.
    socket.resume();
    socket.on('end', () => socket.destroy());
    try {
      return await promise;
    } finally {
      heedless();
    }
  }

  #connect(): net.Socket {
    const { host, port, ca, transport } = this.#spec;
    if (transport !== 'tls') return net.connect({ host, port });
    return tls.connect({
      host,
      port,
      ...(net.isIP(host) === 0 && { servername: host }),
      ...(ca !== undefined && { ca: [...rootCertificates, ca] }),
    });
  }
}

/** Returns how to be deaf to the signal again. */
function destroyedBy(signal: AbortSignal, socket: net.Socket): () => void {
  const destroy = (): void => void socket.destroy();
  if (signal.aborted) destroy();
  signal.addEventListener('abort', destroy, { once: true });
  return () => signal.removeEventListener('abort', destroy);
}
