import type { OperationSpec } from '@gatehouse/config';

type Segments = readonly string[];

/**
 * Whether a request is for one of some operations: `{name}` stands for one segment that is not empty, `*` at the end for
 * the rest, which may be nothing. Who may read may ask for the head as well (RFC 9110 §9.3.2).
 */
export function operationScope(operations: readonly OperationSpec[]): (method: string, path: string) => boolean {
  const byMethod = new Map<string, Segments[]>();
  for (const { method, path } of operations) {
    for (const each of method === 'GET' ? ['GET', 'HEAD'] : [method])
      byMethod.set(each, [...(byMethod.get(each) ?? []), path.split('/').slice(1)]);
  }
  const ofAny = byMethod.get('*') ?? [];
  return (method, path) => {
    const asked = path.split('/').slice(1);
    const isHeld = (pattern: Segments): boolean => fits(pattern, asked);
    return ofAny.some(isHeld) || (byMethod.get(method)?.some(isHeld) ?? false);
  };
}

function fits(pattern: Segments, asked: Segments): boolean {
  const hasRest = pattern.at(-1) === '*';
  const fixed = hasRest ? pattern.slice(0, -1) : pattern;
  if (hasRest ? asked.length < fixed.length : asked.length !== fixed.length) return false;
  return fixed.every((segment, at) => {
    const value = asked[at] ?? '';
    return segment.startsWith('{') ? value !== '' : segment === value;
  });
}
