import type { CacheMark } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { FieldReader } from './field-reader.ts';

export function readMark(fields: FieldReader): { readonly cache?: CacheMark } {
  const mark = fields.fields('cache_control');
  if (mark === undefined) return {};
  const ttl = mark.text('ttl');
  if (ttl !== undefined && ttl !== '5m' && ttl !== '1h') return mark.refuse('ttl', "must be '5m' or '1h'");
  return { cache: ttl === undefined ? {} : { ttl } };
}

export function writeMark({ ttl }: CacheMark): JsonFields {
  // Half an hour is only kept by asking for more.
  const known = ttl === '30m' ? '1h' : ttl;
  return { type: 'ephemeral', ...(known !== undefined && { ttl: known }) };
}
