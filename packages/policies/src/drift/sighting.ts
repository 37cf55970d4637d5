import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { mediaKind } from '../contract/media-type.ts';
import type { Exchange, ReplyFilter, ReplySink } from '../policy.ts';
import type { ReplyDraft } from '../reply-draft.ts';
import type { SeenBody, SeenExchange } from './exchange-drift.ts';

const NONE = Buffer.alloc(0);

/** One exchange that is looked at: what of it is kept until it is over. */
export class Sighting {
  readonly shown: readonly string[];
  readonly #bytesMax: number;
  #request: Buffer | undefined;
  #status = 0;
  #type: string | undefined;
  #coding = '';
  #reply: ReplyCopy | undefined;

  constructor(shown: readonly string[], bytesMax: number) {
    this.shown = shown;
    this.#bytesMax = bytesMax;
  }

  /** Gathers the body of a request that is known to be short; others go on as they come. */
  async takeRequest(exchange: Exchange): Promise<undefined> {
    this.#request = await exchange.requestBody(exchange.bodyBytesMax);
  }

  wantsRequest({ request }: Exchange): boolean {
    const { contentLength } = request;
    if (contentLength === 0) this.#request = NONE;
    if (contentLength === undefined || contentLength === 0 || contentLength > this.#bytesMax) return false;
    return mediaKind(request.header('content-type') ?? '') === 'json' && codingOf(request) === '';
  }

  /** Copies the reply as it goes by. */
  takeReply({ request }: Exchange, draft: ReplyDraft, sink: ReplySink): ReplyFilter {
    this.#status = draft.status;
    this.#type = draft.header('content-type');
    this.#coding = codingOf(draft);
    const hasBody = request.method !== 'HEAD' && draft.status !== 204 && draft.status !== 304 && draft.length !== 0;
    const isRead = hasBody && mediaKind(this.#type ?? '') === 'json';
    this.#reply = new ReplyCopy(sink, isRead ? this.#bytesMax : 0);
    if (!hasBody) this.#reply.bytes = NONE;
    return this.#reply;
  }

  /** Undefined: no reply has come to its end. */
  seen({ request }: Exchange): SeenExchange | undefined {
    if (this.#reply?.ended !== true) return undefined;
    return {
      request,
      requestBody: { contentType: request.header('content-type'), bytes: this.#request },
      status: this.#status,
      replyBody: this.#replyBody(this.#reply.bytes),
    };
  }

  #replyBody(bytes: Buffer | undefined): SeenBody {
    const isEmpty = bytes?.length === 0;
    return { contentType: this.#type, bytes: isEmpty ? bytes : plainOf(bytes, this.#coding, this.#bytesMax) };
  }
}

class ReplyCopy implements ReplyFilter {
  /** Undefined: nobody has looked, or it was too long. */
  bytes: Buffer | undefined;
  ended = false;
  readonly #sink: ReplySink;
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(sink: ReplySink, bytesMax: number) {
    this.#sink = sink;
    this.#bytesMax = bytesMax;
  }

  data(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length <= this.#bytesMax) this.#pieces.push(Buffer.from(bytes));
    else this.#pieces = [];
    this.#sink.data(bytes);
  }

  end(): void {
    this.ended = true;
    if (this.#length <= this.#bytesMax) this.bytes = Buffer.concat(this.#pieces);
    this.#sink.end();
  }
}

function codingOf(head: { header(name: string): string | undefined }): string {
  const coding = head.header('content-encoding')?.trim().toLowerCase() ?? '';
  return coding === 'identity' ? '' : coding;
}

const DECODERS: Readonly<Record<string, typeof gunzipSync>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
};

/** Without its coding, where it is a known one and what it holds is short; the caller gets it as it came. */
function plainOf(bytes: Buffer | undefined, coding: string, bytesMax: number): Buffer | undefined {
  if (bytes === undefined || coding === '') return bytes;
  const decode = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  try {
    return decode?.(bytes, { maxOutputLength: bytesMax });
  } catch {
    return undefined;
  }
}
