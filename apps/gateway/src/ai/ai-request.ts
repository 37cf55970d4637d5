import {
  patchChatRequest,
  patchEmbeddingsRequest,
  readChatRequest,
  readEmbeddingsRequest,
  type ChatRequest,
  type RequestProblem,
  type ScannedRequest,
} from '@gatehouse/ai';

export type ModelEndpoint = 'chat' | 'embeddings';

/** A body that was read once and can be written for any provider that speaks its dialect. */
export interface AiRequest {
  readonly model: string;
  readonly stream: boolean;
  /** The caller asked for usage itself. */
  readonly includeUsage: boolean;
  write(change: { readonly model: string; readonly forceUsage: boolean }): Buffer;
}

export function readAiRequest(endpoint: ModelEndpoint, body: Buffer): AiRequest | RequestProblem {
  return endpoint === 'chat' ? chat(readChatRequest(body)) : embeddings(readEmbeddingsRequest(body));
}

function chat(read: ChatRequest | RequestProblem): AiRequest | RequestProblem {
  if ('problem' in read) return read;
  const { model, stream, includeUsage } = read;
  return { model, stream, includeUsage, write: (change) => patchChatRequest(read, change) };
}

function embeddings(read: ScannedRequest | RequestProblem): AiRequest | RequestProblem {
  if ('problem' in read) return read;
  return {
    model: read.model,
    stream: false,
    includeUsage: true,
    write: ({ model }) => patchEmbeddingsRequest(read, model),
  };
}
