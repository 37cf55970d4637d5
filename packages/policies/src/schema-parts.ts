import { Type } from 'typebox';

/** Schema fragments that several policies share. */

export function duration(options: { readonly description: string; readonly default?: string }) {
  return Type.String({ pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$', examples: ['10s', '1m', '1h'], ...options });
}

export function size(options: { readonly description: string }) {
  return Type.String({ pattern: '^\\d+(\\.\\d+)?(B|KB|MB|GB|KiB|MiB|GiB)$', examples: ['64KiB', '10MB'], ...options });
}

/** RFC 9110 §5.6.2, for patterns. */
export const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
