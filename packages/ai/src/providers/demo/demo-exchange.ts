import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorEvent, errorReply } from '../../dialects/openai-chat/errors.ts';
import type { ErrorReply } from '../../provider-error.ts';
import { chunksOf, completionOf } from './demo-chunks.ts';
import { embeddingsOf } from './demo-embeddings.ts';
import { behaviourOf, DEMO_MODELS, type Behaviour } from './demo-models.ts';
import { moderationOf, readDemoModeration } from './demo-moderations.ts';
import { composeReply } from './demo-reply.ts';
import { readDemoEmbeddings, readDemoRequest, type DemoProblem, type DemoRequest } from './demo-request.ts';

export interface Pace {
  readonly stepMs: number;
  readonly wait: (ms: number) => Promise<void>;
}

const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** One call to the demo model. */
export class DemoExchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #pace: Pace;

  constructor(request: IncomingMessage, response: ServerResponse, pace: Pace) {
    this.#request = request;
    this.#response = response;
    this.#pace = pace;
  }

  async run(): Promise<void> {
    const { method = '', url = '' } = this.#request;
    const path = url.split('?', 1)[0] ?? '';
    if (method === 'GET' && path === '/v1/models') return this.#json({ object: 'list', data: DEMO_MODELS.map(card) });
    const id = method === 'GET' && path.startsWith('/v1/models/') ? path.slice('/v1/models/'.length) : undefined;
    if (id !== undefined) return behaviourOf(id) === undefined ? this.#refuse(unknownModel(id)) : this.#json(card(id));
    if (method !== 'POST') return this.#refuse(NO_ROUTE);
    switch (path) {
      case '/v1/chat/completions':
        return this.#chat(readDemoRequest(await this.#body()));
      case '/v1/embeddings':
        return this.#embeddings(readDemoEmbeddings(await this.#body()));
      case '/v1/moderations':
        return this.#moderation(readDemoModeration(await this.#body()));
      default:
        return this.#refuse(NO_ROUTE);
    }
  }

  async #chat(request: DemoRequest | DemoProblem): Promise<void> {
    if ('problem' in request) return this.#refuse(badRequest(request));
    const behaviour = behaviourOf(request.model);
    if (behaviour === undefined) return this.#refuse(unknownModel(request.model));
    if (behaviour.kind === 'error') return this.#refuse(wantedError(behaviour.status));
    const reply = composeReply(request);
    if (request.stream) return this.#stream(chunksOf(reply, request), behaviour);
    return this.#whole(completionOf(reply, request.model), { behaviour, steps: reply.words.length });
  }

  async #embeddings(request: ReturnType<typeof readDemoEmbeddings>): Promise<void> {
    if ('problem' in request) return this.#refuse(badRequest(request));
    const behaviour = behaviourOf(request.model);
    if (behaviour === undefined) return this.#refuse(unknownModel(request.model));
    if (behaviour.kind === 'error') return this.#refuse(wantedError(behaviour.status));
    return this.#whole(embeddingsOf(request), { behaviour, steps: request.inputs.length });
  }

  async #moderation(request: ReturnType<typeof readDemoModeration>): Promise<void> {
    if ('problem' in request) return this.#refuse(badRequest(request));
    const behaviour = behaviourOf(request.model);
    if (behaviour === undefined) return this.#refuse(unknownModel(request.model));
    if (behaviour.kind === 'error') return this.#refuse(wantedError(behaviour.status));
    return this.#whole(moderationOf(request), { behaviour, steps: request.texts.length });
  }

  async #whole(value: object, { behaviour, steps }: { behaviour: Behaviour; steps: number }): Promise<void> {
    const body = Buffer.from(JSON.stringify(value));
    const half = body.subarray(0, body.length / 2);
    switch (behaviour.kind) {
      case 'stall':
        return undefined;
      case 'cut':
        this.#response.writeHead(200, { ...JSON_TYPE, 'content-length': body.length });
        await this.#write(half);
        this.#response.destroy();
        return undefined;
      case 'truncate':
        this.#response.writeHead(200, JSON_TYPE).end(half);
        return undefined;
      case 'stream-error':
        this.#response.writeHead(200, JSON_TYPE).end(wantedError(500).body);
        return undefined;
      case 'slow':
        await this.#pace.wait(this.#pace.stepMs * steps);
        return this.#json(value);
      case 'answer':
      case 'error':
        return this.#json(value);
    }
  }

  /** What misbehaves does so half-way, behind the first chunks. */
  async #stream(chunks: readonly object[], behaviour: Behaviour): Promise<void> {
    this.#response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    const breaks = behaviour.kind !== 'answer' && behaviour.kind !== 'slow';
    for (const chunk of breaks ? chunks.slice(0, Math.ceil(chunks.length / 2)) : chunks) {
      if (behaviour.kind === 'slow') await this.#pace.wait(this.#pace.stepMs);
      if (this.#response.destroyed) return;
      await this.#write(`data: ${JSON.stringify(chunk)}\n\n`);
    }
    if (behaviour.kind === 'cut') this.#response.destroy();
    else if (behaviour.kind === 'truncate') this.#response.end();
    else if (behaviour.kind === 'stream-error') this.#response.end(errorEvent(wantedError(500).body));
    else if (behaviour.kind !== 'stall') this.#response.end('data: [DONE]\n\n');
  }

  /** Waits until the piece is on its way: a stream arrives in pieces, and a slow reader holds it back. */
  #write(piece: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.#response.write(piece, () => resolve());
    });
  }

  #json(value: object): void {
    this.#response.writeHead(200, JSON_TYPE).end(JSON.stringify(value));
  }

  #refuse({ status, headers, body }: ErrorReply): void {
    const wait = status === 429 ? { 'retry-after': '1' } : {};
    this.#response.writeHead(status, { ...headers, ...wait }).end(body);
  }

  /** Too much is cut off, which the parser then reports as a broken body. */
  async #body(): Promise<string> {
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of this.#request) {
      if (!Buffer.isBuffer(piece)) continue;
      length += piece.length;
      if (length <= BODY_BYTES_MAX) pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };

const NO_ROUTE = errorReply({
  status: 404,
  type: 'invalid_request_error',
  code: 'unknown_url',
  message: 'The demo model answers /v1/chat/completions, /v1/embeddings, /v1/moderations and /v1/models.',
  retry: false,
});

function badRequest({ problem, param }: DemoProblem): ErrorReply {
  const facts = { status: 400, type: 'invalid_request_error', code: 'invalid_value', retry: false };
  return errorReply({ ...facts, message: problem, param });
}

function unknownModel(id: string): ErrorReply {
  const facts = { status: 404, type: 'invalid_request_error', code: 'model_not_found', retry: false };
  return errorReply({ ...facts, message: `There is no demo model ${JSON.stringify(id)}.`, param: 'model' });
}

function wantedError(status: number): ErrorReply {
  return errorReply({
    status,
    type: status >= 500 ? 'server_error' : 'invalid_request_error',
    code: CODES[status],
    message: 'The demo model was asked to fail.',
    retry: status >= 500 || status === 408 || status === 409 || status === 429,
  });
}

const CODES: Readonly<Record<number, string>> = { 401: 'invalid_api_key', 429: 'rate_limit_exceeded' };

function card(id: string): object {
  return { id, object: 'model', created: 1_767_225_600, owned_by: 'gatehouse-demo' };
}
