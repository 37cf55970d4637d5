import { mapOf } from '../../tree/json-tree.ts';

/** Words that mean themselves in any YAML. */
const PLAIN = /^[A-Za-z][A-Za-z0-9_-]*$/;
const MEANS_MORE = /^(?:y|n|yes|no|on|off|true|false|null)$/i;

/** A member, or an item without a key, inside brackets of YAML: `type: { type: string }`. */
export function flowText(key: string | undefined, value: unknown): string {
  const written = flowValue(value);
  return key === undefined ? written : `${word(key)}: ${written}`;
}

function flowValue(value: unknown): string {
  if (typeof value === 'string') return word(value);
  if (Array.isArray(value)) return `[${value.map(flowValue).join(', ')}]`;
  const map = mapOf(value);
  if (map === undefined) return JSON.stringify(value);
  const members = Object.entries(map).map(([key, each]) => flowText(key, each));
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function word(text: string): string {
  return PLAIN.test(text) && !MEANS_MORE.test(text) ? text : JSON.stringify(text);
}

/** The same in JSON; over several lines where the others are, in two blanks a level. */
export function jsonText(key: string | undefined, value: unknown, indent: string | undefined): string {
  const plain = indent === undefined ? JSON.stringify(value) : JSON.stringify(value, null, 2);
  const written = plain.replaceAll('\n', `\n${indent ?? ''}`);
  return key === undefined ? written : `${JSON.stringify(key)}: ${written}`;
}
