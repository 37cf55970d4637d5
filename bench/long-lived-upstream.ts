import http from 'node:http';
import net from 'node:net';

export interface LongLivedUpstream {
  readonly port: number;
  close(): void;
}

const EVENT_MS = 100;

/** `/events` never ends; whatever is upgraded is echoed. */
export async function startLongLivedUpstream(): Promise<LongLivedUpstream> {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const timer = setInterval(() => response.write('data: tick\n\n'), EVENT_MS);
    response.on('close', () => clearInterval(timer));
  });
  const tunnels = new Set<net.Socket>();
  server.on('upgrade', (_request, socket) => {
    if (!(socket instanceof net.Socket)) return;
    tunnels.add(socket);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => tunnels.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return {
    port: address.port,
    close: () => {
      for (const socket of tunnels) socket.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}
