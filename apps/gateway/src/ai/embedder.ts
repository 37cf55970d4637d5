import { embeddingQuestion, providerRow, type TextVector } from '@gatehouse/ai';
import type { ProviderSpec } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import type { ProviderAsker } from './provider-asker.ts';

/** Makes vectors of texts. */
export interface Embedder {
  /** The same for those whose vectors may be compared. */
  readonly identity: string;
  /** Rejects with a `GatehouseError` when there is no vector in time. */
  embed(text: string, timeoutMs: number): Promise<TextVector>;
}

/** A model for embeddings of a configured provider. */
export class ProviderEmbedder implements Embedder {
  readonly identity: string;
  readonly #asker: ProviderAsker;
  readonly #provider: ProviderSpec;
  readonly #model: string;

  constructor(asker: ProviderAsker, provider: ProviderSpec, model: string) {
    const { id, basePath } = provider.endpoint;
    this.identity = `${id}${basePath} ${model}`;
    this.#asker = asker;
    this.#provider = provider;
    this.#model = model;
  }

  async embed(text: string, timeoutMs: number): Promise<TextVector> {
    const { name, kind } = this.#provider;
    const row = providerRow(kind);
    const question = row && embeddingQuestion(row, { model: this.#model, text });
    if (question === undefined) throw new GatehouseError('provider.unavailable', `\`${name}\` makes no vectors`);
    const { path, body } = question;
    const answer = await this.#asker.ask({ provider: name, path, body, timeoutMs });
    const read = answer.status === 200 ? question.read(answer.body) : undefined;
    if (read === undefined) throw new GatehouseError('provider.unavailable', `\`${name}\` gave no vector`);
    return read;
  }
}
