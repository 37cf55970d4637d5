import type { Block, ChatRequest, Turn } from '../canonical/chat-request.ts';
import { scopeDigest, type CacheScope } from './cache-scope.ts';

export interface SemanticScope extends CacheScope {
  /** The model that makes the vectors: those of another mean nothing beside them. */
  readonly embedder: string;
}

/**
 * What a request asks last, apart from everything else that it says. Only questions of one surrounding are ever
 * compared: the same tenant, model, instructions, turns before, tools and settings.
 */
export class SemanticQuestion {
  /** What is to be embedded. */
  readonly text: string;
  readonly #tenant: string;
  readonly #surrounding: string;

  private constructor(text: string, place: { readonly tenant: string; readonly surrounding: string }) {
    this.text = text;
    this.#tenant = place.tenant;
    this.#surrounding = place.surrounding;
  }

  /** Undefined when the last turn is no text of a user, or so long that a vector would blur what it asks. */
  static of(scope: SemanticScope, request: ChatRequest): SemanticQuestion | undefined {
    const { embedder, tenant } = scope;
    const last = request.turns.at(-1);
    const text = last === undefined ? undefined : lastText(last);
    if (last === undefined || text === undefined || !isQuestion(text)) return undefined;
    const surrounding = scopeDigest(
      scope,
      { ...request, turns: [...request.turns.slice(0, -1), withoutLastText(last)] },
      { kind: 'similar', embedder, text },
    );
    return surrounding === undefined ? undefined : new SemanticQuestion(text, { tenant, surrounding });
  }

  get tenant(): string {
    return this.#tenant;
  }

  get surrounding(): string {
    return this.#surrounding;
  }
}

const TEXT_CHARS_MAX = 2000;

/** Half a character is refused by vendors, and too many refusals would keep others from having vectors. */
function isQuestion(text: string): boolean {
  return text.length <= TEXT_CHARS_MAX && /\S/.test(text) && text.isWellFormed();
}

function lastText({ role, blocks }: Turn): string | undefined {
  const block = role === 'user' ? blocks.findLast(({ type }) => type === 'text') : undefined;
  return block?.type === 'text' ? block.text : undefined;
}

/** No block of text is ever empty, so the gap cannot be mistaken for one. */
function withoutLastText(turn: Turn): Turn {
  const last = turn.blocks.findLastIndex(({ type }) => type === 'text');
  const blocks = turn.blocks.map((block, at): Block => {
    return at === last && block.type === 'text' ? { ...block, text: '' } : block;
  });
  return { ...turn, blocks };
}
