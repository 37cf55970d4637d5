import { writeModel, writeModelList as writeAnthropicList } from '../dialects/anthropic/model-list.ts';
import { bareModel } from '../dialects/gemini/call-path.ts';
import { writeModelCard, writeModelList as writeGeminiList } from '../dialects/gemini/model-cards.ts';
import { writeTags } from '../dialects/ollama/write-tags.ts';
import { describeModel, listModels, mayCall } from '../routing/model-list.ts';
import type { ModelRouter } from '../routing/model-router.ts';

export interface ModelQuestion {
  readonly router: ModelRouter;
  /** Names that the caller may call; `*` all, undefined none. */
  readonly allowed: readonly string[] | undefined;
  readonly query: URLSearchParams;
  /** The caller speaks Anthropic's dialect, whose list has the same path as OpenAI's. */
  readonly anthropic: boolean;
}

/** What this caller may call, in the shape that its SDK reads. */
export function modelList(endpoint: 'models' | 'gemini-models' | 'ollama-tags', question: ModelQuestion): string {
  const { router, allowed, query, anthropic } = question;
  const list = listModels(router, allowed);
  const cards = list.data.map(({ id }) => ({ id }));
  if (endpoint === 'gemini-models') {
    const page = { pageSize: query.get('pageSize') ?? undefined, pageToken: query.get('pageToken') ?? undefined };
    return writeGeminiList(cards, page);
  }
  if (endpoint === 'ollama-tags') return writeTags(cards);
  if (!anthropic) return JSON.stringify(list);
  const limit = Number(query.get('limit') ?? Number.NaN);
  const [afterId, beforeId] = [query.get('after_id'), query.get('before_id')];
  return writeAnthropicList(cards, {
    ...(Number.isSafeInteger(limit) && { limit }),
    ...(afterId !== null && { afterId }),
    ...(beforeId !== null && { beforeId }),
  });
}

/** One of them; undefined when it is not served or not this caller's. */
export function modelCard(
  endpoint: 'model' | 'gemini-model',
  name: string,
  question: ModelQuestion,
): string | undefined {
  const { router, allowed, anthropic } = question;
  const id = endpoint === 'gemini-model' ? bareModel(name) : name;
  const card = describeModel(router, allowed, id);
  if (card === undefined || !mayCall(allowed, id)) return undefined;
  if (endpoint === 'gemini-model') return writeModelCard({ id });
  return anthropic ? writeModel({ id }) : JSON.stringify(card);
}
