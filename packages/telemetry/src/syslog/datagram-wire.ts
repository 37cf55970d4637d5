import dgram from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { SyslogSpec } from '@gatehouse/config';
import type { SyslogWire } from './syslog-sink.ts';

/** What a datagram of IPv4 can hold. */
const MESSAGE_BYTES_MAX = 65_507;

/** UDP (RFC 5426): one message a datagram, and nobody says whether it arrived. */
export class DatagramWire implements SyslogWire {
  readonly #spec: SyslogSpec;

  constructor(spec: SyslogSpec) {
    this.#spec = spec;
  }

  async send(messages: readonly string[], signal: AbortSignal): Promise<number> {
    const { address, family } = await lookup(this.#spec.host);
    const socket = dgram.createSocket(family === 6 ? 'udp6' : 'udp4');
    let tooLong = 0;
    try {
      for (const message of messages) {
        signal.throwIfAborted();
        if (message.length > MESSAGE_BYTES_MAX) tooLong++;
        else await sendOne(socket, message, { address, port: this.#spec.port });
      }
    } finally {
      socket.close();
    }
    return tooLong;
  }

  close(): void {}
}

async function sendOne(
  socket: dgram.Socket,
  message: string,
  { address, port }: { readonly address: string; readonly port: number },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  socket.send(Buffer.from(message, 'latin1'), port, address, (error) =>
    error === null ? resolve(undefined) : reject(error),
  );
  await promise;
}
