import http from 'node:http';
import { onTestFinished } from 'vitest';
import { listen } from '../harness.ts';
import type { Play } from './plays.ts';
import type { PutForward } from './put-forward.ts';

export interface VendorCall {
  /** The key that the gate has sent. */
  readonly key: string;
  readonly atMs: number;
}

/** A vendor behind a socket, in OpenAI's dialect, who does what the test has in mind for him. Lives as long as the test. */
export class FaultVendor {
  readonly calls: VendorCall[] = [];
  play: Play;
  readonly #clock: PutForward;
  readonly #server: http.Server;
  #port = 0;

  constructor(play: Play, clock: PutForward) {
    this.play = play;
    this.#clock = clock;
    this.#server = http.createServer((request, response) => this.#serve(request, response));
    onTestFinished(() => this.refuse());
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/v1`;
  }

  async open(): Promise<this> {
    this.#port = await listen(this.#server);
    return this;
  }

  /** From here nobody listens at his address, until `reopen`. */
  refuse(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async reopen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
  }

  #serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    let body = '';
    request.on('data', (data) => (body += String(data)));
    request.on('end', () => {
      const key = (request.headers.authorization ?? '').replace('Bearer ', '');
      const nth = this.calls.push({ key, atMs: this.#clock.nowMs });
      this.#clock.moved();
      const streamed = body.includes('"stream":true');
      this.play({ key, response, nth, streamed, after: (ms, run) => this.#clock.after(ms, run) });
    });
  }
}
