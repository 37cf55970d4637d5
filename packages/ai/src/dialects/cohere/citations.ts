import type { Citation } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { asCount, asText } from '../../loose-json.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';

/**
 * A citation of Cohere is a stretch of the answer with all that supports it; here each source has its own. What its
 * documents are like is up to the caller, so that addresses are taken from where they are usual.
 */
export function readCitation(value: Json | undefined): Citation[] {
  const data = fieldsOf(value);
  if (data === undefined) return [];
  const place = present({ start: asCount(data['start']), end: asCount(data['end']) });
  const sources = (listOf(data['sources']) ?? []).map(fieldsOf).filter((source) => source !== undefined);
  if (sources.length === 0) return [{ ...place, raw: { dialect: 'cohere', data } }];
  return sources.map((source) => {
    const found = fieldsOf(source['document']) ?? fieldsOf(source['tool_output']) ?? {};
    return {
      ...present({
        url: asText(found['url']),
        title: asText(found['title']),
        text: asText(found['text']) ?? asText(found['snippet']),
      }),
      ...place,
      raw: { dialect: 'cohere', data: { ...data, sources: [source] } },
    };
  });
}

/** In the part of the content at `contentIndex`, or else in the plan; `number` tells the sources apart. */
export interface CitedPlace {
  /** As far as it is known. */
  readonly answer: string;
  readonly contentIndex: number | undefined;
  readonly number: number;
}

export function writeCitation(citation: Citation, { answer, contentIndex, number }: CitedPlace): JsonFields {
  const { raw, start, end, url, title, text } = citation;
  if (raw?.dialect === 'cohere') return raw.data;
  const placed = start !== undefined && end !== undefined;
  return {
    ...present({ start, end, text: placed ? answer.slice(start, end) : undefined, content_index: contentIndex }),
    sources: [{ type: 'document', id: `doc:${number}`, document: present({ title, url, text }) }],
    type: contentIndex === undefined ? 'PLAN' : 'TEXT_CONTENT',
  };
}
