import { scanObject } from '../../json-scan.ts';

const OLD = 'max_tokens';
const NEW = 'max_completion_tokens';
const QUOTE = 0x22;

/**
 * A chat whose limit of tokens has its newer name, byte for byte else; undefined when it does not name the limit by the
 * old name alone.
 */
export function renameLimit(body: Buffer): Buffer | undefined {
  const scan = scanObject(body);
  if ('problem' in scan || scan.members.has(NEW)) return undefined;
  const member = scan.members.get(OLD);
  if (member === undefined) return undefined;
  const from = member.keyStart + 1;
  // However the key is spelt, an escaped quote is no part of it.
  return Buffer.concat([body.subarray(0, from), Buffer.from(NEW), body.subarray(body.indexOf(QUOTE, from))]);
}
