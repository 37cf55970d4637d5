import { createHash } from 'node:crypto';
import type { Beginning } from '@gatehouse/counters';
import { countSubject } from '../count-subject.ts';
import { definePolicy } from '../define-policy.ts';
import { bytes, milliseconds } from '../parsed-units.ts';
import type { Exchange, PolicyHooks, PolicyTools, Reply, ReplyFilter, ReplySink } from '../policy.ts';
import type { ReplyDraft } from '../reply-draft.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { packReply, unpackReply } from './kept-reply.ts';
import type { Config } from './schema.ts';

/**
 * Behind everything that decides whether a call may go on, so that nobody gets a reply again that may not ask for it any
 * more, and a call that is refused does not use up its key.
 */
export const idempotency = definePolicy({
  name: 'idempotency',
  stage: 'shape',
  build(config: Config, tools): PolicyHooks {
    const calls = new KeyedCalls(config, tools);
    return {
      onRequest: (exchange) => calls.enter(exchange),
      onReply: (exchange, draft, sink) => calls.hear(exchange, draft, sink),
      onEnd: (exchange) => calls.end(exchange),
    };
  },
});

const MISSING: Reply = { code: 'request.idempotency_key', detail: 'send an Idempotency-Key with this call' };
const INVALID: Reply = {
  code: 'request.idempotency_key',
  detail: 'Idempotency-Key has 1 to 255 visible ASCII characters',
};
const REFUSED: Readonly<Record<Exclude<Beginning['kind'], 'begun' | 'kept'>, Reply>> = {
  another: {
    code: 'request.idempotency_mismatch',
    detail: 'this Idempotency-Key was sent with another request before',
  },
  lost: {
    code: 'request.idempotency_lost',
    detail: 'this call was made before, and its reply could not be kept',
  },
  'under-way': {
    code: 'request.idempotency_in_flight',
    detail: 'the first call with this Idempotency-Key has no reply yet',
    headers: [['retry-after', '1']],
  },
  full: {
    code: 'gateway.overloaded',
    detail: 'too many calls with keys are under way',
    headers: [['retry-after', '1']],
  },
};

/** What says "later" is no outcome of the call: RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

class KeyedCalls {
  readonly #tools: PolicyTools;
  readonly #methods: ReadonlySet<string>;
  readonly #required: boolean;
  readonly #serverErrors: boolean;
  readonly #ttlMs: number;
  readonly #bytesMax: number;
  readonly #subjectOf: (exchange: Exchange) => string;
  /** Calls that were begun here, by their keys in the table. */
  readonly #begun = new Map<Exchange, Buffer>();

  constructor(config: Config, tools: PolicyTools) {
    this.#tools = tools;
    this.#methods = new Set(config.methods);
    this.#required = config.required;
    this.#serverErrors = config.serverErrors;
    this.#ttlMs = milliseconds(config.ttl);
    this.#bytesMax = bytes(config.maxBytes);
    this.#subjectOf = countSubject(config.by ?? 'application');
  }

  enter(exchange: Exchange): Reply | undefined | Promise<Reply | undefined> {
    const { request } = exchange;
    if (!this.#methods.has(request.method)) return undefined;
    const field = request.header('idempotency-key');
    if (field === undefined) return this.#required ? MISSING : undefined;
    const key = idempotencyKey(field);
    if (key === undefined) return INVALID;
    return request.contentLength === 0 ? this.#begin(exchange, key, undefined) : this.#beginWithBody(exchange, key);
  }

  async #beginWithBody(exchange: Exchange, key: string): Promise<Reply | undefined> {
    return this.#begin(exchange, key, await exchange.requestBody(exchange.bodyBytesMax));
  }

  #begin(exchange: Exchange, said: string, body: Buffer | undefined): Reply | undefined {
    const { kept, clock } = this.#tools.runtime;
    const key = createHash('sha256')
      .update(`${this.#tools.scope}\n${said}\n${this.#subjectOf(exchange)}`)
      .digest();
    const beginning = kept.begin({ key, request: fingerprint(exchange, body) }, clock.now());
    if (beginning.kind === 'kept') return again(beginning.reply);
    if (beginning.kind !== 'begun') return REFUSED[beginning.kind];
    this.#begun.set(exchange, key);
    return undefined;
  }

  hear(exchange: Exchange, draft: ReplyDraft, sink: ReplySink): ReplyFilter | undefined {
    const key = this.#begun.get(exchange);
    if (key === undefined || LATER.has(draft.status) || (draft.status >= 500 && !this.#serverErrors)) return undefined;
    // As the reply is here: what policies nearer to the caller do to it, they will do to the next one, too.
    const { status } = draft;
    const headers = draft.fields.map(([name, value]): readonly [string, string] => [name, value]);
    let pieces: Buffer[] = [];
    let left = this.#bytesMax;
    return {
      head: () => sink.head(),
      data: (piece) => {
        left -= piece.length;
        if (left >= 0) pieces.push(Buffer.from(piece));
        else pieces = [];
        sink.data(piece);
      },
      end: () => {
        const reply = left < 0 ? undefined : packReply({ status, headers, body: Buffer.concat(pieces) });
        // Before the caller sees the end: from then on it may ask again.
        this.#keep(exchange, key, reply);
        sink.end();
      },
    };
  }

  #keep(exchange: Exchange, key: Buffer, reply: Buffer | undefined): void {
    const { kept, clock } = this.#tools.runtime;
    this.#begun.delete(exchange);
    kept.keep(key, reply === undefined || reply.length > this.#bytesMax ? undefined : reply, clock.now() + this.#ttlMs);
  }

  /** What has no reply that could be kept may be made again. */
  end(exchange: Exchange): void {
    const key = this.#begun.get(exchange);
    if (key === undefined) return;
    this.#begun.delete(exchange);
    this.#tools.runtime.kept.forget(key);
  }
}

function fingerprint({ request }: Exchange, body: Buffer | undefined): Buffer {
  const hash = createHash('sha256').update(`${request.method}\n${request.host}\n${request.path}${request.query}\n`);
  if (body !== undefined) hash.update(body);
  return hash.digest();
}

function again(bytesOf: Buffer): Reply {
  const { status, headers, body } = unpackReply(bytesOf);
  return { status, headers: [...headers, ['idempotency-replayed', 'true']], body };
}
