import type { ExchangeRecord } from '@gatehouse/record';
import { routePath } from './http-attributes.ts';

/** `gen_ai.operation.name` by the end of a path; names of the conventions where there is one. The first that fits. */
const OPERATIONS: readonly (readonly [RegExp, string])[] = [
  [/:(?:batch)?embedcontents?$|\/embed(?:dings)?$/i, 'embeddings'],
  [/\/count_tokens$|:counttokens$/i, 'count_tokens'],
  [/:(?:stream)?generatecontent$/i, 'generate_content'],
  [/\/images\/(?:generations|edits)$/, 'generate_image'],
  [/\/audio\/(?:transcriptions|translations)$/, 'transcribe_audio'],
  [/\/audio\/speech$/, 'generate_speech'],
  [/\/moderations$/, 'moderate'],
];

/** What the model is asked for; chat, unless the path says otherwise. */
export function modelOperation(record: ExchangeRecord): string {
  const path = routePath(record)?.endsWith('*') === false ? routePath(record) : record.path;
  return OPERATIONS.find(([end]) => end.test(path ?? ''))?.[1] ?? 'chat';
}
