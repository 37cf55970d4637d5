export type MediaKind = 'json' | 'form' | 'multipart' | 'text';

/** How a body of this type is read. */
export function mediaKind(type: string): MediaKind {
  const bare = bareType(type);
  if (/[/+]json$/.test(bare)) return 'json';
  if (bare === 'application/x-www-form-urlencoded') return 'form';
  return bare === 'multipart/form-data' ? 'multipart' : 'text';
}

/** Lower case, without parameters. */
export function bareType(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase();
}
