/** A strong entity tag: the revision names exactly one state of the user, and ids are never given twice. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** RFC 9110 section 13.1.1: If-Match compares strongly, so a weak tag never matches. */
export function ifMatchHolds(header: string, etag: string): boolean {
  return header === '*' || entityTags(header).includes(etag);
}

/** RFC 9110 section 13.1.2: If-None-Match compares weakly, so `W/"1"` is as good as `"1"`. */
export function ifNoneMatchHolds(header: string, etag: string): boolean {
  if (header === '*') return false;
  return !entityTags(header).some((tag) => tag.replace(/^W\//, '') === etag);
}

function entityTags(header: string): readonly string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}
