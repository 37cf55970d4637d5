import net from 'node:net';
import { Peer, until } from './peer.ts';
import { field, readMessages, type Message } from './read-message.ts';

export type OnPeer = (peer: Peer, index: number) => void;

/** An upstream made of raw sockets: can stall, reset, trickle, overrun, answer early and speak while idle. */
export class RawUpstream {
  /** All connections so far, oldest first. */
  readonly peers: Peer[] = [];
  readonly server: net.Server;

  constructor(onPeer: OnPeer = () => {}) {
    this.server = net.createServer((socket) => {
      const peer = new Peer(socket);
      this.peers.push(peer);
      onPeer(peer, this.peers.length - 1);
    });
  }

  /** The connection of that number, once it is there. */
  async peer(index = 0): Promise<Peer> {
    await until(() => this.peers.length > index, `upstream connection ${index}`);
    const peer = this.peers[index];
    if (peer === undefined) throw new Error('unreachable: awaited above');
    return peer;
  }

  /** Everything that was asked, connection by connection. */
  get requests(): Message[] {
    return this.peers.flatMap((peer) => requestsOf(peer));
  }
}

export function requestsOf(peer: Peer): Message[] {
  return readMessages(peer.received, { as: 'request' });
}

/** Calls back with every complete request of a connection. */
export function onRequests(peer: Peer, deal: (request: Message, count: number) => void): void {
  let dealt = 0;
  let missing = 0;
  peer.socket.on('data', (bytes) => {
    missing -= bytes.length;
    if (missing > 0) return;
    const requests = requestsOf(peer);
    const complete = requests.filter((request) => request.complete);
    for (const request of complete.slice(dealt)) deal(request, ++dealt);
    const last = requests.at(-1);
    missing = last?.complete === false ? Number(field(last, 'content-length') ?? 0) - last.body.length : 0;
  });
}

/** Answers every complete request with the same bytes. */
export function replying(reply: string | ((request: Message) => string)): OnPeer {
  return (peer) => onRequests(peer, (request) => peer.send(typeof reply === 'string' ? reply : reply(request)));
}

/** Answers the first request, once its head is complete, and sends FIN. */
export function replyingOnce(reply: string): OnPeer {
  return (peer) => {
    const answer = (): void => {
      if (!peer.received.includes('\r\n\r\n')) return;
      peer.socket.off('data', answer);
      peer.send(reply);
      peer.end();
    };
    peer.socket.on('data', answer);
  };
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
