import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import type { ProviderError } from '../../provider-error.ts';
import {
  ownExtras,
  type EmbeddingsAnswer,
  type EmbeddingsCall,
  type EmbeddingsCaller,
  type EmbeddingsProvider,
  type EmbeddingsWish,
} from '../chat-shaped/embeddings-form.ts';
import { geminiCallPath, type GeminiCall } from './call-path.ts';
import { readEmbedReply, readEmbedRequest, writeEmbedReply, writeEmbedRequest } from './embed-content.ts';
import { readGeminiError } from './read-error.ts';

export const GEMINI_EMBED_TEXTS_MAX = 100;

/** `batchEmbedContents`, which embeds one text as well as many. Nobody counts tokens here. */
export const geminiEmbeddings: EmbeddingsProvider = {
  path: (model) => geminiCallPath(model, 'batchEmbedContents'),
  inputsMax: GEMINI_EMBED_TEXTS_MAX,
  writeRequest,
  readReply,
};

/** The path names the model, and whether one vector is wanted or a list. */
export function geminiEmbeddingsCaller(named: GeminiCall): EmbeddingsCaller {
  return {
    readRequest: (body) => readCall(body, named),
    writeReply: ({ vectors }) => writeEmbedReply(vectors, { single: named.action === 'embedContent' }),
  };
}

function writeRequest(wish: EmbeddingsWish, model: string, losses: Losses): string {
  const { input, dimensions, each } = wish;
  if (input.length > GEMINI_EMBED_TEXTS_MAX) {
    throw new Untranslatable(`The provider of this model takes ${GEMINI_EMBED_TEXTS_MAX} texts a call.`, 'input');
  }
  const own = ownExtras(wish, 'gemini', losses) ?? {};
  const call = { model, input, ...(dimensions !== undefined && { dimensions }) };
  return writeEmbedRequest(call, { natives: each ?? input.map(() => own) });
}

function readReply(body: Json, { input }: EmbeddingsWish): EmbeddingsAnswer | ProviderError | undefined {
  if (isJsonFields(body) && body['error'] !== undefined) return readGeminiError(200, JSON.stringify(body));
  const vectors = readEmbedReply(body);
  return vectors?.length === input.length ? { vectors } : undefined;
}

function readCall(body: Json, named: GeminiCall): EmbeddingsCall {
  const { model, input, dimensions, natives } = readEmbedRequest(body, named);
  const said: JsonFields = Object.assign({}, ...natives);
  return {
    model,
    wish: {
      input,
      ...(dimensions !== undefined && { dimensions }),
      ...(Object.keys(said).length > 0 && { ext: { gemini: said }, each: natives }),
    },
  };
}
