import type { Citation } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import { isList } from './expect-json.ts';

/** `location` is a place in the source, never one in the answer, so it stays in `raw`, but for the address of a page. */
export function readCitation(data: JsonFields): Citation {
  const location = isJsonFields(data['location']) ? data['location'] : {};
  const web = isJsonFields(location['web']) ? location['web'] : {};
  const url = asText(web['url']);
  const title = asText(data['title']);
  const text = textOf(data['sourceContent'] ?? null);
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(text !== '' && { text }),
    raw: { dialect: 'bedrock', data },
  };
}

export function readCitations(list: Json | undefined): Citation[] {
  return list === undefined || !isList(list) ? [] : list.filter(isJsonFields).map(readCitation);
}

export function writeCitation(citation: Citation): JsonFields {
  if (citation.raw?.dialect === 'bedrock') return citation.raw.data;
  return {
    ...(citation.title !== undefined && { title: citation.title }),
    ...(citation.text !== undefined && { sourceContent: [{ text: citation.text }] }),
    ...(citation.url !== undefined && { location: { web: { url: citation.url } } }),
  };
}

/** The text of a list of `{text}`. */
export function textOf(list: Json | undefined): string {
  if (list === undefined || !isList(list)) return '';
  return list
    .filter(isJsonFields)
    .map(({ text }) => asText(text) ?? '')
    .join('');
}
