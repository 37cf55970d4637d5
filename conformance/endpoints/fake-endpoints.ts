import type http from 'node:http';
import { startUpstream, type Upstream } from '../../apps/gateway/test/harness.ts';

/** What a vendor got. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface SaidReply {
  readonly status?: number;
  readonly type?: string;
  /** Pieces that leave one after the other. */
  readonly body: string | Buffer | readonly (string | Buffer)[];
}

export type Answers = (request: SeenRequest) => SaidReply;

/** A vendor that answers each path as the test says, and remembers what it was asked. */
export class FakeEndpoints {
  readonly seen: SeenRequest[] = [];
  readonly #upstream: Upstream;

  private constructor(upstream: Upstream, seen: SeenRequest[]) {
    this.#upstream = upstream;
    this.seen = seen;
  }

  static async start(answers: Answers): Promise<FakeEndpoints> {
    const seen: SeenRequest[] = [];
    const upstream = await startUpstream((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const asked = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(pieces) };
        seen.push(asked);
        const { status = 200, type = 'application/json', body } = answers(asked);
        response.writeHead(status, { 'content-type': type });
        for (const piece of Array.isArray(body) ? body : [body]) response.write(piece);
        response.end();
      });
    });
    return new FakeEndpoints(upstream, seen);
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#upstream.port}`;
  }

  /** The last request, as JSON. */
  get lastJson(): unknown {
    return JSON.parse(this.seen.at(-1)?.body.toString() ?? 'null');
  }

  async close(): Promise<void> {
    await this.#upstream.close();
  }
}
