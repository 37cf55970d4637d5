import { sha256Hex } from './api-key.ts';

const CHARS = 12;

/** Which text of a document it is, for those who compare what was seen under it. */
export function documentFingerprint(text: string): string {
  return sha256Hex(text).slice(0, CHARS);
}
