import { once } from 'node:events';
import { type Socket, connect } from 'node:net';

export interface SlowRequest {
  readonly socket: Socket;
  /** Sends the rest of the body; resolves with everything that the service answered. */
  finish(): Promise<string>;
}

export interface SlowRequestOptions {
  readonly port: number;
  readonly body: unknown;
  readonly headers?: readonly string[];
}

/**
 * A POST /users that is in flight: its head has arrived and its body has not. `Expect: 100-continue` makes the service
 * say when that is so, so that no test has to guess.
 */
export async function startSlowRequest({ port, body, headers = [] }: SlowRequestOptions): Promise<SlowRequest> {
  const payload = JSON.stringify(body);
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('utf8');
  const head = [
    'POST /users HTTP/1.1',
    'host: users',
    'expect: 100-continue',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(payload)}`,
    ...headers,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  await once(socket, 'data');
  return {
    socket,
    async finish() {
      let answer = '';
      socket.on('data', (chunk) => void (answer += String(chunk)));
      socket.end(payload);
      await once(socket, 'close');
      return answer;
    },
  };
}
