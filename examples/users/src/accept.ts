interface Range {
  readonly type: string;
  readonly subtype: string;
  readonly quality: number;
}

/** Does an Accept header allow at least one of the media types offered? RFC 9110 section 12.5.1. */
export function accepts(header: string | undefined, offered: readonly string[]): boolean {
  if (header === undefined || header.trim() === '') return true;
  const ranges = header.split(',').map(parseRange);
  return offered.some((mediaType) => qualityOf(mediaType, ranges) > 0);
}

function parseRange(source: string): Range {
  const [mediaRange = '', ...parameters] = source.split(';').map((part) => part.trim().toLowerCase());
  const [type = '', subtype = ''] = mediaRange.split('/');
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { type, subtype, quality: Number.isFinite(quality) ? quality : 0 };
}

/** The most specific range decides, so that `application/json;q=0, *\/*` refuses JSON. */
function qualityOf(mediaType: string, ranges: readonly Range[]): number {
  const [type = '', subtype = ''] = mediaType.split('/');
  const exact = ranges.find((range) => range.type === type && range.subtype === subtype);
  const family = ranges.find((range) => range.type === type && range.subtype === '*');
  const any = ranges.find((range) => range.type === '*' && range.subtype === '*');
  return (exact ?? family ?? any)?.quality ?? 0;
}
