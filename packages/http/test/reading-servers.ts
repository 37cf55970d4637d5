import http from 'node:http';
import net from 'node:net';
import { acceptWire, SERVER_LIMITS, ServerConnection, TimerWheel, type ServerEvents } from '../src/index.ts';
import { STRIP_FROM_REQUEST } from '../src/hop-by-hop.ts';

/** What one parser made of one request. */
export interface Read {
  readonly method: string;
  readonly target: string;
  readonly authority: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
}

/** What one server made of one connection. */
export interface Reading {
  readonly requests: Read[];
  /** Something was refused, or the connection broke off. */
  refused: boolean;
  /** What Node's parser said to that. */
  readonly errors: string[];
}

/** A server of one connection at a time: the fuzz tests feed it and look at `reading`. */
export interface ReadingServer {
  readonly server: net.Server;
  reading: Reading;
}

export const nothingRead = (): Reading => ({ requests: [], refused: false, errors: [] });

const DONE = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n';

/** Ours, as far as it would forward: fields that go no further are gone. */
export function ourServer(): ReadingServer {
  const wheel = new TimerWheel({ tickMs: 50, monotonic: () => performance.now() });
  const server = net.createServer({ pauseOnConnect: true, allowHalfOpen: true });
  const own: ReadingServer = { server, reading: nothingRead() };
  const events: ServerEvents = {
    onRequest: (connection) => readingOf(connection, own),
    onRefused: () => (own.reading.refused = true),
    onClosed() {},
  };
  server.on('connection', (socket: net.Socket) => {
    const connection = new ServerConnection({ limits: SERVER_LIMITS, wheel, events });
    connection.start(acceptWire(socket, connection));
  });
  server.on('close', () => wheel.close());
  return own;
}

function readingOf(connection: ServerConnection, own: ReadingServer): ReturnType<ServerEvents['onRequest']> {
  const { head } = connection;
  const { reading } = own;
  const { method, authority, target } = head;
  head.removeNominated();
  head.fields.strip(STRIP_FROM_REQUEST);
  const fields = linesOf(head.fields.kept());
  let body = '';
  return {
    onReady: () => connection.wantBody(),
    onBodyData: (bytes, start, end) => (body += bytes.toString('latin1', start, end)),
    onBodyEnd() {
      reading.requests.push({ method, authority, target: target.path + target.query, fields, body });
      const keep = connection.persists;
      connection.markReplied();
      connection.wire?.text(`${DONE}${keep ? '' : 'Connection: close\r\n'}\r\n`);
      connection.finish(keep);
    },
    onSettled() {},
    onCallerDrain() {},
    onCallerGone() {
      reading.refused = true;
      connection.abort();
    },
    onFault(error) {
      throw error;
    },
  };
}

function linesOf(text: string): [string, string][] {
  const lines = text.split('\r\n').slice(0, -1);
  return lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), trimmed(line.slice(colon + 1))];
  });
}

/** Without the spaces and tabs at both ends; nothing else is white space in HTTP. */
const trimmed = (text: string) => text.replace(/^[ \t]+|[ \t]+$/g, '');

/** Node's own, as strict as it comes. */
export function nodeServer(): ReadingServer {
  const server = http.createServer({ insecureHTTPParser: false, maxHeaderSize: 65_536 }, (request, response) => {
    const { reading } = own;
    let body = '';
    request.on('data', (bytes: Buffer) => (body += bytes.toString('latin1')));
    request.on('error', () => (reading.refused = true));
    request.on('end', () => {
      const raw = request.rawHeaders;
      const fields = raw.flatMap((name, i): [string, string][] =>
        i % 2 === 0 ? [[name, trimmed(raw[i + 1] ?? '')]] : [],
      );
      const { method = '', url: target = '' } = request;
      reading.requests.push({ method, target, authority: (request.headers.host ?? '').toLowerCase(), fields, body });
      response.end();
    });
  });
  Reflect.set(server, 'httpAllowHalfOpen', true);
  const own: ReadingServer = { server, reading: nothingRead() };
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    own.reading.refused = true;
    own.reading.errors.push(error.code ?? String(error));
    socket.destroy(error.code === 'ECONNRESET' ? undefined : error);
  });
  return own;
}
