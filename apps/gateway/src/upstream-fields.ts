import { forwardedFields, type HeaderEdits, type RequestHead } from '@gatehouse/http';
import { fieldList } from './asking/asking.ts';

/** A head as `Forward` would write it, without framing; `lines` are the gate's own. */
export function upstreamFields(
  head: RequestHead,
  edits: HeaderEdits | undefined,
  lines: string,
): readonly (readonly [string, string])[] {
  const removed = edits?.removed ?? [];
  return [
    ...forwardedFields(head).filter(([name]) => !removed.includes(name)),
    // A policy that sets Host chooses the authority of the upstream proper.
    ...fieldList(lines + (edits?.lines ?? '')).filter(([name]) => name !== 'host'),
  ];
}
