import type { Citation } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { present } from '../chat-shaped/present.ts';

/** Only what has an address can be told; `chars` of the answer are cited where nobody says which. */
export function writeAnnotations(citations: readonly Citation[], chars: number): JsonFields[] {
  return citations.flatMap((citation) => {
    const { raw, url, title, text, start, end } = citation;
    if (raw?.dialect === 'openai-chat') return [raw.data];
    if (url === undefined) return [];
    const cited = { start_index: start ?? 0, end_index: end ?? chars, title: title ?? url, url };
    return [{ type: 'url_citation', url_citation: { ...cited, ...present({ content: text }) } }];
  });
}
