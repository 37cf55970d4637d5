import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';

/** Bytes as a text, or why they are none that can be shown. */
export type BodyText = { readonly text: string; readonly goesOn: boolean } | { readonly hidden: string };

export interface BodyBytes {
  readonly bytes: Buffer;
  /** There is more of it than is here. */
  readonly goesOn: boolean;
  /** The fields of its head. */
  readonly type: string;
  readonly coding: string;
}

type Decoder = (bytes: Buffer, bytesMax: number) => Buffer;

/** What is cut off is decoded as far as it goes. */
const partly = { finishFlush: constants.Z_SYNC_FLUSH };
const inflated: Decoder = (bytes, maxOutputLength) => {
  // RFC 9110 §8.4.1.2: some send the bare stream.
  const bare = ((bytes[0] ?? 0) & 0x0f) !== 8;
  return (bare ? inflateRawSync : inflateSync)(bytes, { ...partly, maxOutputLength });
};
const gunzipped: Decoder = (bytes, maxOutputLength) => gunzipSync(bytes, { ...partly, maxOutputLength });
const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: gunzipped,
  'x-gzip': gunzipped,
  deflate: inflated,
  br: (bytes, maxOutputLength) =>
    brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength }),
  zstd: (bytes, maxOutputLength) => zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush, maxOutputLength }),
};

/** Never more than `bytesMax`, however much a coding makes of how little. */
export function bodyText({ bytes, goesOn, type, coding }: BodyBytes, bytesMax: number): BodyText {
  const plain = decoded(bytes, coding, bytesMax);
  if (plain === undefined) return { hidden: 'its content coding cannot be read' };
  // Of zstd a block is the least that can be decoded, and it may have 128 KiB.
  if (plain.bytes.length === 0 && bytes.length > 0) return { hidden: 'too little of its content coding is there' };
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(type)?.[1]?.toLowerCase() ?? 'utf-8';
  const cut = goesOn || plain.cut;
  const text = inCharset(plain.bytes, charset, cut);
  if (text === undefined) return { hidden: 'its characters cannot be read' };
  return { text, goesOn: cut };
}

function decoded(
  bytes: Buffer,
  coding: string,
  bytesMax: number,
): { readonly bytes: Buffer; readonly cut: boolean } | undefined {
  const codings = coding
    .toLowerCase()
    .split(',')
    .map((each) => each.trim());
  const [name = '', ...others] = codings.filter((each) => each !== '' && each !== 'identity');
  if (name === '' || bytes.length === 0) return { bytes, cut: false };
  const decoder = Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined;
  return decoder === undefined || others.length > 0 ? undefined : within(bytes, decoder, bytesMax);
}

/** Decodes half as much, and half of that, until what comes of it has room: most is shown, and a bomb costs little. */
function within(bytes: Buffer, decoder: Decoder, bytesMax: number) {
  for (let length = bytes.length; length > 0; length = Math.floor(length / 2)) {
    try {
      return { bytes: decoder(bytes.subarray(0, length), bytesMax), cut: length < bytes.length };
    } catch (error) {
      const tooMuch = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
      if (!tooMuch) return undefined;
    }
  }
  return undefined;
}

/** Undefined: who looks for something in it would not find it. */
function inCharset(bytes: Buffer, charset: string, cut: boolean): string | undefined {
  if (/^(?:iso-8859-1|latin1|windows-1252)$/.test(charset)) return withoutNul(bytes.toString('latin1'));
  if (!/^(?:utf-?8|us-ascii|ascii)?$/.test(charset)) return undefined;
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  // The last character may have been cut in two.
  const whole = cut ? text.replace(/\ufffd$/, '') : text;
  return whole.includes('\ufffd') && !bytes.includes('\ufffd') ? undefined : withoutNul(whole);
}

/** UTF-16 and bytes that are no text hold some. */
function withoutNul(text: string): string | undefined {
  return text.includes('\0') ? undefined : text;
}
