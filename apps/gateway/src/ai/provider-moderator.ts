import { providerRow, type ModerationAnswer, type ModerationQuestion, type Moderator } from '@gatehouse/ai';
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

/** Of all texts together; undefined when there is no judgement of each of them. */
export function readModeration(body: Buffer, texts: number): ModerationAnswer | undefined {
  const results = fieldsOf(parsed(body))?.['results'];
  if (!Array.isArray(results) || results.length !== texts) return undefined;
  const answers = results.map(readResult);
  const scores = new Map<string, number>();
  let flagged = false;
  for (const answer of answers) {
    if (answer === undefined) return undefined;
    flagged ||= answer.flagged;
    for (const [name, score] of Object.entries(answer.scores)) scores.set(name, Math.max(score, scores.get(name) ?? 0));
  }
  return { flagged, scores: Object.fromEntries(scores) };
}

/** Mistral's say nothing of the whole, only of each category. */
function readResult(result: unknown): ModerationAnswer | undefined {
  const fields = fieldsOf(result);
  const categories = fieldsOf(fields?.['categories']);
  const said = fields?.['flagged'];
  const flagged = typeof said === 'boolean' ? said : categories && Object.values(categories).includes(true);
  if (flagged === undefined) return undefined;
  const scores = Object.entries(fieldsOf(fields?.['category_scores']) ?? {});
  return {
    flagged,
    scores: Object.fromEntries(scores.filter((entry): entry is [string, number] => typeof entry[1] === 'number')),
  };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
