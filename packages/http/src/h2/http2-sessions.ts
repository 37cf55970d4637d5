import type { ClientConnection } from '../client-connection.ts';
import { UpstreamSession, type Http2Wish, type UpstreamSessionOptions } from './upstream-session.ts';

/** Beyond that many, the upstream takes too few streams for what is asked of it. */
const SESSIONS_MAX = 16;

export type SessionsOptions = Omit<UpstreamSessionOptions, 'onClosed' | 'onPlain' | 'wish'> & {
  readonly wish: Http2Wish;
};

/** The sessions to one endpoint: one, and further ones where the peer takes no more streams. */
export class Http2Sessions {
  readonly #options: SessionsOptions;
  #sessions: UpstreamSession[] = [];
  /** The upstream speaks HTTP/1.1 after all. */
  plain = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#sessions.length;
  }

  /** Whether a further request finds a session, or may open one. */
  get hasRoom(): boolean {
    return this.#sessions.length < SESSIONS_MAX || this.#sessions.some(({ hasRoom }) => hasRoom);
  }

  carry(connection: ClientConnection): void {
    const session = this.#sessions.find(({ hasRoom }) => hasRoom) ?? this.#another();
    session.carry(connection);
  }

  #another(): UpstreamSession {
    const usable = this.#sessions.filter(({ usable: each }) => each);
    // The peer's own queue, then: the session holds back what is too much.
    const [first] = usable.toSorted((a, b) => a.streams - b.streams);
    if (first !== undefined && usable.length >= SESSIONS_MAX) return first;
    const session = new UpstreamSession({
      ...this.#options,
      onClosed: (closed) => (this.#sessions = this.#sessions.filter((each) => each !== closed)),
      onPlain: () => (this.plain = true),
    });
    this.#sessions.push(session);
    return session;
  }

  close(): void {
    for (const session of this.#sessions) session.close();
  }
}
