import { mediaOf } from '../capability/call-needs.ts';
import type { Block, ChatRequest, MediaBlock } from '../canonical/chat-request.ts';
import type { ProviderDialect } from '../canonical/dialect.ts';

/** Something that a provider takes as bytes only, and of which the caller gave the address. */
export interface MissingMedium {
  readonly url: string;
  readonly kind: MediaBlock['kind'];
  /** What the caller says it is. */
  readonly mime: string | undefined;
}

/** The content behind an address. */
export interface FetchedMedium {
  readonly mime: string;
  readonly base64: string;
}

/** How one provider takes media. */
export interface MediaTaker {
  readonly provider: Pick<ProviderDialect, 'needsBytes'>;
  /** Whatever its dialect allows, it fetches nothing. */
  readonly inlineOnly: boolean;
}

/** Once each, however often the call points at it. */
export function missingMedia(
  request: ChatRequest,
  taker: MediaTaker,
  had: ReadonlyMap<string, FetchedMedium> | undefined,
): readonly MissingMedium[] {
  const missing = new Map<string, MissingMedium>();
  for (const { blocks } of request.turns) {
    for (const medium of blocks.flatMap(mediaOf)) {
      const url = urlToFetch(medium, request, taker);
      if (url !== undefined && had?.has(url) !== true) missing.set(url, { url, kind: medium.kind, mime: medium.mime });
    }
  }
  return [...missing.values()];
}

/** The request with the content of what was fetched, where this provider needs it; addresses else. */
export function withMedia(
  request: ChatRequest,
  taker: MediaTaker,
  had: ReadonlyMap<string, FetchedMedium>,
): ChatRequest {
  const filled = <B extends Block>(block: B): B => {
    const url = block.type === 'media' ? urlToFetch(block, request, taker) : undefined;
    const found = url === undefined ? undefined : had.get(url);
    return found === undefined ? block : { ...block, mime: found.mime, source: { via: 'base64', data: found.base64 } };
  };
  const turns = request.turns.map((turn) => ({
    ...turn,
    blocks: turn.blocks.map((block) =>
      block.type === 'tool_result' ? { ...block, content: block.content.map(filled) } : filled(block),
    ),
  }));
  return { ...request, turns };
}

function urlToFetch(medium: MediaBlock, request: ChatRequest, taker: MediaTaker): string | undefined {
  const { kind, source } = medium;
  if (kind === 'video' || source.via !== 'url' || !/^https?:/i.test(source.url)) return undefined;
  const asked = taker.inlineOnly || taker.provider.needsBytes?.(medium, request) === true;
  return asked ? source.url : undefined;
}
