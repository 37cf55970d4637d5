import type { StoredBody } from '@gatehouse/analytics';
import { openBody, type BodyKey } from '@gatehouse/record';
import type { ShownBody } from '@gatehouse/services';

/** A body as people see it; without `head` and `text` where our key does not open it. */
export function openedBody(line: StoredBody, key: BodyKey): ShownBody {
  const { side, type, bytes, cut } = line;
  const opened = openBody(line, key);
  return { side, type, bytes, cut, ...(opened !== undefined && { head: { ...opened.head }, text: opened.text }) };
}
