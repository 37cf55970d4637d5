import http from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { IntakeSpec } from '@gatehouse/config';
import { SinkError } from '../sink.ts';

export interface Posted {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

/** Answers are read for what they say of a batch; more than this says nothing. */
const ANSWER_BYTES_MAX = 64 * 1024;
/** Smaller bodies gain nothing. */
const GZIP_BYTES_MIN = 1024;
const compress = promisify(gzip);

/** Sends bodies to one receiver over a connection that is kept. */
export class HttpPost {
  readonly #spec: IntakeSpec;
  readonly #url: URL;
  readonly #agent: http.Agent;

  constructor(spec: IntakeSpec) {
    this.#spec = spec;
    this.#url = new URL(spec.url);
    const options = { keepAlive: true, maxSockets: 1 };
    const ca = spec.ca === undefined ? undefined : [...rootCertificates, spec.ca];
    this.#agent =
      this.#url.protocol === 'https:' ? new https.Agent({ ...options, ...(ca && { ca }) }) : new http.Agent(options);
  }

  /** Rejects where there is no whole answer. */
  async send(body: Buffer, contentType: string, signal: AbortSignal): Promise<Posted> {
    const zipped = this.#spec.gzip && body.length >= GZIP_BYTES_MIN;
    const bytes = zipped ? await compress(body) : body;
    const headers = {
      'user-agent': 'gatehouse',
      ...this.#spec.headers,
      'content-type': contentType,
      'content-length': bytes.length,
      ...(zipped && { 'content-encoding': 'gzip' }),
    };
    return this.#exchange(bytes, headers, signal);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #exchange(bytes: Buffer, headers: http.OutgoingHttpHeaders, signal: AbortSignal): Promise<Posted> {
    const { promise, resolve, reject } = Promise.withResolvers<Posted>();
    const { request } = this.#url.protocol === 'https:' ? https : http;
    const sent = request(this.#url, { method: 'POST', agent: this.#agent, headers, signal });
    const timer = setTimeout(() => {
      sent.destroy(new SinkError(`no answer within ${this.#spec.timeoutMs} ms`, { retry: 'later' }));
    }, this.#spec.timeoutMs);
    sent.on('error', reject);
    sent.on('response', (answer) => void readAnswer(answer).then(resolve, reject));
    sent.end(bytes);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }
}

async function readAnswer(answer: http.IncomingMessage): Promise<Posted> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) {
      answer.destroy();
      break;
    }
    chunks.push(chunk);
  }
  return {
    status: answer.statusCode ?? 0,
    contentType: answer.headers['content-type'] ?? '',
    retryAfter: answer.headers['retry-after'],
    body: Buffer.concat(chunks),
  };
}
