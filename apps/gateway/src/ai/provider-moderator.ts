import {
  providerRow,
  readModeration,
  type ModerationAnswer,
  type ModerationQuestion,
  type Moderator,
} from '@gatehouse/ai';
import type { AiSpec } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import type { ProviderAsker } from './provider-asker.ts';

/** For guards that do not say how long. */
const MODERATION_MS = 5000;

/** Asks configured providers for their judgement of texts, in the form that OpenAI gave `/moderations`. */
export class ProviderModerator implements Moderator {
  readonly #asker: Pick<ProviderAsker, 'ask'>;
  readonly #providers: AiSpec['providers'];

  constructor(asker: Pick<ProviderAsker, 'ask'>, providers: AiSpec['providers']) {
    this.#asker = asker;
    this.#providers = providers;
  }

  async moderate(question: ModerationQuestion): Promise<ModerationAnswer> {
    const { provider, model, texts, timeoutMs = MODERATION_MS, signal } = question;
    const body = Buffer.from(JSON.stringify({ model, input: texts }));
    const path = `${providerRow(this.#providers[provider]?.kind ?? '')?.serves.moderations ?? ''}/moderations`;
    const asked = { provider, path, body, timeoutMs, ...(signal !== undefined && { signal }) };
    const reply = await this.#asker.ask(asked);
    const answer = reply.status === 200 ? readModeration(reply.body, texts.length) : undefined;
    if (answer === undefined) throw new GatehouseError('provider.unavailable', 'the moderator gave no judgement');
    return answer;
  }
}
