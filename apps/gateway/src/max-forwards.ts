import { FIELD, type Fields, type HeaderEdits } from '@gatehouse/http';

/** RFC 9110 §7.6.2: one hop less for who comes next; at 0 we are the last recipient and answer ourselves. */
export function isLastHop(fields: Fields, upstreamHeaders: HeaderEdits): boolean {
  const sent = fields.known(FIELD['max-forwards']);
  if (sent === undefined || !/^\d{1,9}$/.test(sent)) return false;
  if (Number(sent) === 0) return true;
  fields.remove('max-forwards');
  upstreamHeaders.add('max-forwards', String(Number(sent) - 1));
  return false;
}
