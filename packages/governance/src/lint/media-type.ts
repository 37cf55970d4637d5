/** JSON as one value, and no format of its own that decides what stands at the top. */
export function isPlainJson(type: string): boolean {
  const name = mediaTypeName(type);
  if (['application/json-patch+json', 'application/json-seq', 'application/jsonl'].includes(name)) return false;
  return name === 'application/json' || name.endsWith('+json');
}

/** Without parameters, in lower case. */
export function mediaTypeName(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase();
}
