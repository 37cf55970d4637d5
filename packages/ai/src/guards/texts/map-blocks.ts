import type {
  Block,
  Citation,
  MediaBlock,
  MediaSource,
  TextBlock,
  ToolResultBlock,
} from '../../canonical/chat-request.ts';
import { mimeOf } from '../../canonical/media-source.ts';
import { mapFields, mapOwnFields } from './map-json.ts';
import { mapRiding } from './map-riding.ts';
import type { MapText, TextSource } from './text-source.ts';

/** The same list when nothing in it changed: what is unchanged keeps what dialects remember of it. */
export function mapList<T>(list: readonly T[], map: (each: T) => T): readonly T[] {
  const mapped = list.map(map);
  return mapped.some((each, at) => each !== list[at]) ? mapped : list;
}

/** A block with its texts mapped; the same object when none changed. */
export function mapBlock(block: Block, source: TextSource, map: MapText): Block {
  return mapRiding(mapContent(block, source, map), source, map);
}

function mapContent(whole: Block, source: TextSource, map: MapText): Block {
  switch (whole.type) {
    case 'text':
      return mapTextBlock(whole, source, map);
    case 'refusal':
      return replaced(whole, 'text', map(whole.text, { source }));
    case 'reasoning':
      return replaced(whole, 'text', map(whole.text, { source }));
    case 'media':
      return mapMedia(whole, source, map);
    case 'tool_call':
      return replaced(whole, 'input', map(whole.input, { source, json: whole.custom !== true }));
    case 'tool_result':
      return mapResult(whole, source === 'caller' ? 'tool' : source, map);
    case 'opaque':
      break;
  }
  return replaced(whole, 'data', mapFields(whole.data, source, map));
}

/** The same object when the member is as it was. */
export function replaced<T extends object, K extends keyof T>(whole: T, name: K, value: T[K]): T {
  return whole[name] === value ? whole : { ...whole, [name]: value };
}

function mapTextBlock(block: TextBlock, source: TextSource, map: MapText): TextBlock {
  const text = map(block.text, { source });
  const said = replaced(block, 'text', text);
  if (block.citations === undefined) return said;
  return replaced(
    said,
    'citations',
    mapList(block.citations, (citation) => mapCitation(citation, source, map)),
  );
}

export function mapCitation(citation: Citation, source: TextSource, map: MapText): Citation {
  let mapped = citation;
  if (citation.title !== undefined) mapped = replaced(mapped, 'title', map(citation.title, { source }));
  if (citation.text !== undefined) mapped = replaced(mapped, 'text', map(citation.text, { source }));
  if (citation.raw === undefined) return mapped;
  const { dialect, data } = citation.raw;
  const fields = mapFields(data, source, map);
  return fields === data ? mapped : { ...mapped, raw: { dialect, data: fields } };
}

export function mapMedia(block: MediaBlock, source: TextSource, map: MapText): MediaBlock {
  const from: TextSource = source === 'caller' ? 'tool' : source;
  let mapped = block;
  for (const name of ['title', 'context', 'name'] as const) {
    const text = block[name];
    if (text !== undefined) mapped = replaced(mapped, name, map(text, { source: from }));
  }
  return replaced(mapped, 'source', mapSource(block, from, map));
}

function mapSource(block: MediaBlock, from: TextSource, map: MapText): MediaSource {
  const { source } = block;
  switch (source.via) {
    case 'text':
      return replaced(source, 'text', map(source.text, { source: from }));
    case 'url':
      map(source.url, { source: from, fixed: true });
      return source;
    case 'base64':
      return TEXTUAL.test(mimeOf(block)) ? mapEncoded(source, from, map) : source;
    case 'file':
      break;
  }
  return source;
}

/** Documents that are text, though they are sent as bytes. */
const TEXTUAL =
  /^(?:text\/|application\/(?:json|x-ndjson|jsonl|xml|csv|x-yaml|yaml|toml|sql|(?:x-)?(?:javascript|typescript|sh|tex|httpd-php)|rtf|graphql)\b|[^;]*\+(?:json|xml)\b)/;

type Encoded = Extract<MediaSource, { readonly via: 'base64' }>;

function mapEncoded(source: Encoded, from: TextSource, map: MapText): Encoded {
  const text = Buffer.from(source.data, 'base64').toString('utf8');
  const mapped = map(text, { source: from });
  return mapped === text ? source : { ...source, data: Buffer.from(mapped).toString('base64') };
}

function mapResult(block: ToolResultBlock, source: TextSource, map: MapText): ToolResultBlock {
  const content = mapList(block.content, (part) =>
    mapRiding(part.type === 'text' ? mapTextBlock(part, source, map) : mapMedia(part, source, map), source, map),
  );
  const mapped = replaced(block, 'content', content);
  return block.json === undefined ? mapped : replaced(mapped, 'json', mapOwnFields(block.json, source, map));
}
