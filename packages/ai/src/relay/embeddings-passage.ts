import { encodingOf, fitEncoding, type VectorEncoding } from '../dialects/openai-chat/fit-encoding.ts';
import { patchModel } from '../dialects/openai-chat/patch-request.ts';
import { classifyProviderError } from '../dialects/openai-chat/provider-errors.ts';
import { readEmbeddingsReply } from '../dialects/openai-chat/reply-reader.ts';
import type { ScannedRequest } from '../dialects/openai-chat/request-members.ts';
import { parseJson } from '../loose-json.ts';
import type { ProviderError } from '../provider-error.ts';
import type { Answer, Destination, Relay, StreamRelay } from './relay.ts';

const JSON_TYPE = 'application/json';

/** Embeddings from and to OpenAI's dialect: the caller's bytes, and the provider's when they are written as asked. */
export class EmbeddingsPassage implements Relay {
  readonly dialect = 'openai-chat';
  readonly path = '/embeddings';
  readonly body: Buffer;
  readonly contentType = JSON_TYPE;
  readonly headers = {};
  readonly losses = [];
  readonly streamType = /^$/;
  readonly replyType = undefined;
  readonly untouched = true;
  readonly hidesUsage = false;
  readonly #encoding: VectorEncoding;
  #early: boolean | undefined;

  constructor(request: ScannedRequest, { model }: Destination) {
    this.body = patchModel(request, model);
    this.#encoding = encodingAsked(request);
  }

  /** What is written otherwise than asked has to be whole to be written anew. */
  showsEarly(pieces: readonly Buffer[]): boolean {
    this.#early ??= encodingOf(Buffer.concat(pieces)) === this.#encoding;
    return this.#early;
  }

  readAnswer(body: Buffer): Answer {
    const read = readEmbeddingsReply(body);
    if (!('usage' in read)) return read;
    const fitted = fitEncoding(body, this.#encoding);
    if (fitted === undefined) return { problem: 'The reply holds no vectors.' };
    return { ...read, body: fitted, contentType: JSON_TYPE };
  }

  openStream(): StreamRelay {
    throw new Error('embeddings have no stream');
  }

  readError(status: number, body: Buffer): ProviderError {
    return classifyProviderError(status, body);
  }
}

/** Whatever else stands there is for the provider to refuse. */
function encodingAsked({ body, members }: ScannedRequest): VectorEncoding {
  const member = members.get('encoding_format');
  const asked = member && parseJson(body.toString('utf8', member.valueStart, member.valueEnd));
  return asked === 'base64' ? 'base64' : 'float';
}
