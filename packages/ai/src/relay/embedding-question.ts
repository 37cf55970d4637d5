import { parseExact } from '../canonical/json.ts';
import { Losses } from '../canonical/loss.ts';
import type { ProviderRow } from '../providers/provider-row.ts';
import type { Usage } from '../usage.ts';
import { EMBEDDINGS_PROVIDERS } from './embeddings-providers.ts';

export interface TextVector {
  readonly vector: readonly number[];
  /** Absent where the provider does not tell. */
  readonly usage: Usage | undefined;
}

/** How a provider is asked for the vector of one text, and what it says. */
export interface EmbeddingQuestion {
  /** Below the provider's base. */
  readonly path: string;
  readonly body: Buffer;
  /** Undefined for what holds no vector. */
  read(body: Buffer): TextVector | undefined;
}

/** Undefined for a vendor that makes no vectors. */
export function embeddingQuestion(
  { embeds }: Pick<ProviderRow, 'embeds'>,
  { model, text }: { readonly model: string; readonly text: string },
): EmbeddingQuestion | undefined {
  if (embeds === undefined) return undefined;
  const speaker = EMBEDDINGS_PROVIDERS[embeds];
  const wish = { input: [text] };
  return {
    path: speaker.path(model),
    body: Buffer.from(speaker.writeRequest(wish, model, new Losses())),
    read(body) {
      const json = parseExact(body.toString('utf8'));
      const answer = json === undefined ? undefined : speaker.readReply(json, wish);
      if (answer === undefined || !('vectors' in answer)) return undefined;
      const [vector] = answer.vectors;
      return vector && { vector, usage: answer.usage };
    },
  };
}
