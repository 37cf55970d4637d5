/** The trace id of a W3C traceparent header, or undefined where the header is absent or invalid. */
export function traceIdOf(header: string | undefined): string | undefined {
  const match = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:$|-)/.exec(header ?? '');
  const [, traceId = '', parentId = ''] = match ?? [];
  return isZero(traceId) || isZero(parentId) ? undefined : traceId;
}

function isZero(digits: string): boolean {
  return /^0*$/.test(digits);
}
