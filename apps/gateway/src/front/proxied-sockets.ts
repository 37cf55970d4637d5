import type net from 'node:net';
import { readProxyHeader } from '@gatehouse/http';
import type { Logger } from '@gatehouse/kernel';

export interface ProxiedOptions {
  readonly mode: 'optional' | 'required';
  readonly isTrusted: (address: string) => boolean;
  readonly log: Logger;
}

const HEADER_MS = 5_000;
const NOTHING = Buffer.alloc(0);

/** Addresses that a PROXY protocol header has told, by the socket that it came on. */
const told = new WeakMap<object, string>();

export function proxiedAddress(socket: object): string | undefined {
  const known = told.get(socket);
  if (known !== undefined) return known;
  // TLS is a socket of its own around the one that came.
  const inner: unknown = Reflect.get(socket, '_parent');
  return typeof inner === 'object' && inner !== null ? told.get(inner) : undefined;
}

/**
 * Reads the PROXY protocol header of a connection, then hands it over with what came behind put back. A peer that is not
 * trusted to say who calls is served as if it had said nothing (`optional`), or not at all.
 */
export function readProxied(socket: net.Socket, options: ProxiedOptions, then: (socket: net.Socket) => void): void {
  const from = socket.remoteAddress ?? '';
  const { mode, isTrusted, log } = options;
  const refuse = (why: string): void => {
    log.warn('a connection was refused', { from, why });
    socket.destroy();
  };
  if (!isTrusted(from.replace(/^::ffff:(?=\d+\.)/i, ''))) {
    if (mode === 'required') refuse('it comes from no trusted proxy');
    else then(socket);
    return;
  }
  let held: Buffer = NOTHING;
  const timer = setTimeout(() => refuse('its PROXY header did not come'), HEADER_MS);
  const done = (): void => {
    clearTimeout(timer);
    socket.off('data', onData);
    socket.off('error', onError);
    socket.off('close', onClose);
    socket.pause();
  };
  const onError = (): void => {};
  const onClose = (): void => clearTimeout(timer);
  const onData = (bytes: Buffer): void => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const header = readProxyHeader(held);
    if (header === 'more') return;
    done();
    if (header === 'none') {
      if (mode === 'required') {
        refuse('it began without a PROXY header');
        return;
      }
      socket.unshift(held);
    } else if ('wrong' in header) {
      refuse(`its PROXY header: ${header.wrong}`);
      return;
    } else {
      if (header.source !== undefined) told.set(socket, header.source.address);
      if (held.length > header.length) socket.unshift(held.subarray(header.length));
    }
    then(socket);
  };
  socket.on('data', onData);
  socket.on('error', onError);
  socket.on('close', onClose);
  socket.resume();
}
