import type { Citation } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { asCount } from '../../loose-json.ts';
import { isList } from './camel-fields.ts';

/** What a candidate names as its sources, by quotation or by search; `said` is the answer so far. */
export function readCitations(candidate: JsonFields, said: string): readonly Citation[] {
  const { citationMetadata, groundingMetadata } = candidate;
  if (!isJsonFields(citationMetadata) && !isJsonFields(groundingMetadata)) return [];
  const bytes = Buffer.from(said);
  return [...quoted(citationMetadata, bytes), ...grounded(groundingMetadata, bytes)].slice(0, CITATIONS_MAX);
}

const CITATIONS_MAX = 1000;

function quoted(metadata: Json | undefined, said: Buffer): readonly Citation[] {
  if (!isJsonFields(metadata)) return [];
  // Vertex has another name for the list.
  const sources = [...listOf(metadata['citationSources']), ...listOf(metadata['citations'])];
  return sources.slice(0, CITATIONS_MAX).map((source) => ({
    ...webPlace(source),
    ...spanOf(source, said),
    raw: { dialect: 'gemini', data: source },
  }));
}

function grounded(metadata: Json | undefined, said: Buffer): readonly Citation[] {
  if (!isJsonFields(metadata)) return [];
  const chunks = isList(metadata['groundingChunks']) ? metadata['groundingChunks'] : [];
  const supports = listOf(metadata['groundingSupports']).slice(0, CITATIONS_MAX);
  return supports.flatMap((support) => {
    const segment = isJsonFields(support['segment']) ? support['segment'] : {};
    const indices = isList(support['groundingChunkIndices']) ? support['groundingChunkIndices'] : [];
    return indices.flatMap((index): Citation[] => {
      const chunk = typeof index === 'number' ? chunks[index] : undefined;
      const place = isJsonFields(chunk) ? Object.values(chunk).find(isJsonFields) : undefined;
      if (place === undefined) return [];
      return [
        { ...webPlace(place), ...spanOf(segment, said), raw: { dialect: 'gemini', data: { chunk: place, support } } },
      ];
    });
  });
}

function listOf(value: Json | undefined): readonly JsonFields[] {
  return isList(value) ? value.filter(isJsonFields) : [];
}

function webPlace({ uri, title }: JsonFields): Pick<Citation, 'url' | 'title'> {
  return {
    ...(typeof uri === 'string' && uri !== '' && { url: uri }),
    ...(typeof title === 'string' && title !== '' && { title }),
  };
}

/** Google counts bytes. */
function spanOf({ startIndex, endIndex, text }: JsonFields, said: Buffer): Pick<Citation, 'text' | 'start' | 'end'> {
  const endByte = asCount(endIndex);
  if (endByte === undefined || endByte > said.length) return quote(text);
  const startByte = Math.min(asCount(startIndex) ?? 0, endByte);
  const start = said.toString('utf8', 0, startByte).length;
  const passage = said.toString('utf8', startByte, endByte);
  return { ...quote(typeof text === 'string' ? text : passage), start, end: start + passage.length };
}

function quote(text: Json | undefined): Pick<Citation, 'text'> {
  return typeof text === 'string' && text !== '' ? { text } : {};
}
