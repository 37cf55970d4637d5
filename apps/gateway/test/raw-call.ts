import net from 'node:net';

/** Sends bytes as they are and returns all that comes back until the connection closes. */
export async function rawCall(port: number, bytes: string): Promise<string> {
  const socket = net.connect(port, '127.0.0.1');
  let reply = '';
  socket.on('data', (data) => (reply += data.toString('latin1')));
  socket.on('error', () => socket.destroy());
  socket.write(bytes, 'latin1');
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return reply;
}

export async function rawStatus(port: number, bytes: string): Promise<number> {
  return Number((await rawCall(port, bytes)).slice(9, 12));
}
