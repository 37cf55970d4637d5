import {
  createBrotliCompress,
  createGzip,
  createZstdCompress,
  constants,
  type BrotliCompress,
  type Gzip,
  type ZstdCompress,
} from 'node:zlib';
import { markChanged } from '../changed-body.ts';
import { definePolicy } from '../define-policy.ts';
import { bytes } from '../parsed-units.ts';
import type { Exchange, ReplyFilter, ReplySink } from '../policy.ts';
import type { ReplyDraft } from '../reply-draft.ts';
import { acceptedCoding } from './accepted-coding.ts';
import type { Coding, Config } from './schema.ts';

type Compressor = Gzip | BrotliCompress | ZstdCompress;

/** What may wait in front of a compressor before the upstream is asked for a pause. */
const QUEUE_BYTES_MAX = 256 * 1024;

export const compress = definePolicy({
  name: 'compress',
  stage: 'encode',
  build(config: Config) {
    const minBytes = bytes(config.minBytes);
    const worth = config.types.map(pattern);
    return {
      ...(config.upstreamIdentity && {
        onRequest: (exchange: Exchange) => {
          exchange.upstreamHeaders.set('accept-encoding', 'identity');
          return undefined;
        },
      }),
      onReply({ request }, reply, sink) {
        if (reply.status === 304) confirmed(reply, request.header('if-none-match'));
        if (!mayBeCoded(reply, worth)) return undefined;
        // Another caller may get the same reply in another coding, whatever this one gets.
        vary(reply);
        if (request.method === 'HEAD' || (reply.length !== undefined && reply.length < minBytes)) return undefined;
        const coding = acceptedCoding(request.header('accept-encoding'), config.codings);
        if (coding === undefined) return undefined;
        mark(reply, coding);
        return new CompressingFilter(compressor(coding, config.level), sink, isLive(reply));
      },
    };
  },
});

/** `text/*` and `application/*+json`. */
function pattern(type: string): RegExp {
  const source = type.replaceAll(/[.+^$]/g, String.raw`\$&`).replaceAll('*', '[^/;]*');
  return new RegExp(`^${source}\\s*(?:;|$)`, 'i');
}

/** RFC 9110 §7.7: nobody may touch a reply that says so, nor a part of one, whose bytes are counted in its coding. */
function mayBeCoded(reply: ReplyDraft, worth: readonly RegExp[]): boolean {
  const { status } = reply;
  if (status < 200 || status === 204 || status === 205 || status === 206 || status === 304) return false;
  if (!/^(?:identity)?$/i.test(reply.header('content-encoding') ?? '')) return false;
  if (reply.header('content-range') !== undefined) return false;
  if (/(?:^|[\s,])no-transform(?:$|[\s,])/i.test(reply.header('cache-control') ?? '')) return false;
  const type = reply.header('content-type') ?? '';
  return worth.some((each) => each.test(type));
}

function vary(reply: ReplyDraft): void {
  const names = new Set((reply.header('vary') ?? '').split(',').map((name) => name.trim().toLowerCase()));
  if (!names.has('*') && !names.has('accept-encoding')) reply.add('vary', 'accept-encoding');
}

function mark(reply: ReplyDraft, coding: Coding): void {
  reply.remove('content-encoding');
  reply.add('content-encoding', coding);
  markChanged(reply);
}

/**
 * A caller that asked about a compressed reply has the weak tag that we made of the upstream's. It has to find it again:
 * by a strong one it must not refresh what it keeps (RFC 9111 §4.3.4).
 */
function confirmed(reply: ReplyDraft, asked: string | undefined): void {
  const tag = reply.header('etag');
  if (tag?.startsWith('"') !== true || asked?.includes(`W/${tag}`) !== true) return;
  reply.set('etag', `W/${tag}`);
  vary(reply);
}

/** Whoever reads a stream of events waits for each of them. */
function isLive(reply: ReplyDraft): boolean {
  return /^(?:text\/event-stream|application\/x-ndjson)\b/i.test(reply.header('content-type') ?? '');
}

function compressor(coding: Coding, level: number): Compressor {
  if (coding === 'gzip') return createGzip({ level });
  if (coding === 'zstd') return createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: level } });
  return createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: level } });
}

class CompressingFilter implements ReplyFilter {
  readonly #compressor: Compressor;
  readonly #sink: ReplySink;
  readonly #live: boolean;
  #held = false;

  constructor(compressing: Compressor, sink: ReplySink, live: boolean) {
    this.#compressor = compressing;
    this.#sink = sink;
    this.#live = live;
    compressing.on('data', (piece: Buffer) => sink.data(piece));
    compressing.on('end', () => sink.end());
    compressing.on('drain', () => this.#hold(false));
    compressing.on('error', (error) =>
      sink.fail('gateway.internal', `the reply could not be compressed: ${error.message}`),
    );
  }

  data(piece: Buffer): void {
    // What is read into is read into again, before the compressor comes to it.
    this.#compressor.write(Buffer.from(piece));
    if (this.#live) this.#compressor.flush();
    if (this.#compressor.writableLength > QUEUE_BYTES_MAX) this.#hold(true);
  }

  #hold(on: boolean): void {
    if (this.#held === on) return;
    this.#held = on;
    this.#sink.hold(on);
  }

  end(): void {
    this.#compressor.end();
  }

  /** Without an end: what a caller decodes of it breaks off too. */
  broken(): void {
    this.#compressor.destroy();
  }
}
