/**
 * The type of a file by its first bytes; undefined when they say nothing, or fit sound as well as film. Marks of two
 * bytes, such as a bitmap's, are left out: text begins like that too.
 */
export function sniffBytes(bytes: Buffer): string | undefined {
  const head = bytes.toString('latin1', 0, 32);
  const fixed = MARKS.find(([mark]) => head.startsWith(mark))?.[1];
  if (fixed !== undefined) return fixed;
  if (head.startsWith('RIFF')) return RIFF.get(head.slice(8, 12));
  if (head.startsWith('ftyp', 4)) return BRANDS.get(head.slice(8, 12));
  return sniffFrame(bytes);
}

const MARKS: readonly (readonly [string, string])[] = [
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['II*\0', 'image/tiff'],
  ['MM\0*', 'image/tiff'],
  ['%PDF-', 'application/pdf'],
  ['ID3', 'audio/mpeg'],
  ['fLaC', 'audio/flac'],
  ['OggS', 'audio/ogg'],
];

const RIFF: ReadonlyMap<string, string> = new Map([
  ['WEBP', 'image/webp'],
  ['WAVE', 'audio/wav'],
]);

const BRANDS: ReadonlyMap<string, string> = new Map([
  ['M4A ', 'audio/mp4'],
  ['M4B ', 'audio/mp4'],
  ['heic', 'image/heic'],
  ['heix', 'image/heic'],
  ['mif1', 'image/heif'],
  ['avif', 'image/avif'],
]);

/** MPEG sound without tags begins with a frame: eleven set bits, then version and layer, of which some do not exist. */
function sniffFrame(bytes: Buffer): string | undefined {
  const [first, second = 0] = bytes;
  if (first !== 0xff || second < 0xe0) return undefined;
  const version = (second >> 3) & 3;
  const layer = (second >> 1) & 3;
  if (layer === 1 && version !== 1) return 'audio/mpeg';
  return layer === 0 && version >= 2 ? 'audio/aac' : undefined;
}
