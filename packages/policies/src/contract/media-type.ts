export type MediaKind = 'json' | 'form' | 'multipart' | 'text';

/** How a body of this type is read. */
export function mediaKind(type: string): MediaKind {
  const bare = bareType(type);
  if (/[/+]json$/.test(bare)) return 'json';
  if (bare === 'application/x-www-form-urlencoded') return 'form';
  return bare === 'multipart/form-data' ? 'multipart' : 'text';
}

/** Lower case, without parameters. Of several, of which an upstream may take any: something that nobody describes. */
export function bareType(type: string): string {
  if (type.includes(',') && type.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').includes(',')) return type.toLowerCase();
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase();
}

export function charsetIn(type: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(type)?.[1];
}
