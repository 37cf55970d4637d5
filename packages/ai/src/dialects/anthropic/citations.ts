import type { Citation } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { asText, type Fields } from '../../loose-json.ts';

export function readCitation(data: JsonFields): Citation {
  const fields: Fields = data;
  const url = asText(fields['url']) ?? asUrl(fields['source']);
  const title = asText(fields['title']) ?? asText(fields['document_title']);
  const text = asText(fields['cited_text']);
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(text !== undefined && { text }),
    ...(!isOurs(fields) && { raw: { dialect: 'anthropic', data } }),
  };
}

function asUrl(source: unknown): string | undefined {
  const text = asText(source);
  return text !== undefined && /^https?:\/\//i.test(text) ? text : undefined;
}

/** What `writeCitation` made of another dialect's citation means nothing to Anthropic, which checks the index. */
function isOurs(fields: Fields): boolean {
  return fields['type'] === 'web_search_result_location' && fields['encrypted_index'] === '';
}

/** A citation in an answer. Places inside a document cannot be had from other dialects: addresses only. */
export function writeCitation({ raw, url, title, text }: Citation): JsonFields | undefined {
  if (raw?.dialect === 'anthropic') return raw.data;
  if (url === undefined) return undefined;
  const type = 'web_search_result_location';
  return { type, cited_text: text ?? '', encrypted_index: '', title: title ?? null, url };
}
