import type { MediaBlock } from '../../canonical/chat-request.ts';

type Kind = MediaBlock['kind'];

/** The formats that Bedrock names, each with its media types; the first is the one that we say. */
const FORMATS: Readonly<Record<Kind, Readonly<Record<string, readonly string[]>>>> = {
  image: {
    png: ['image/png'],
    jpeg: ['image/jpeg', 'image/jpg'],
    gif: ['image/gif'],
    webp: ['image/webp'],
  },
  document: {
    pdf: ['application/pdf'],
    csv: ['text/csv'],
    doc: ['application/msword'],
    docx: ['application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    xls: ['application/vnd.ms-excel'],
    xlsx: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
    html: ['text/html'],
    md: ['text/markdown', 'text/x-markdown'],
    txt: ['text/plain', 'application/json', 'application/xml', 'application/yaml'],
  },
  audio: {
    mp3: ['audio/mpeg', 'audio/mp3'],
    wav: ['audio/wav', 'audio/x-wav', 'audio/wave'],
    aac: ['audio/aac'],
    'x-aac': ['audio/x-aac'],
    flac: ['audio/flac', 'audio/x-flac'],
    m4a: ['audio/m4a', 'audio/x-m4a'],
    mka: ['audio/x-matroska'],
    mp4: ['audio/mp4'],
    mpga: ['audio/mpga'],
    ogg: ['audio/ogg'],
    opus: ['audio/opus'],
    pcm: ['audio/pcm', 'audio/l16'],
    webm: ['audio/webm'],
  },
  video: {
    mp4: ['video/mp4'],
    mov: ['video/quicktime'],
    mkv: ['video/x-matroska'],
    webm: ['video/webm'],
    flv: ['video/x-flv'],
    mpeg: ['video/mpeg'],
    wmv: ['video/x-ms-wmv'],
    three_gp: ['video/3gpp'],
  },
};

const BY_MIME = new Map<string, string>(
  Object.entries(FORMATS).flatMap(([kind, formats]) =>
    Object.entries(formats).flatMap(([format, mimes]) =>
      mimes.map((mime): [string, string] => [`${kind} ${mime}`, format]),
    ),
  ),
);

/** Any text may come as a document of plain text. */
export function formatOf(kind: Kind, mime: string): string | undefined {
  const [bare = ''] = mime.split(';');
  const format = BY_MIME.get(`${kind} ${bare.trim()}`);
  return format ?? (kind === 'document' && bare.startsWith('text/') ? 'txt' : undefined);
}

export function mimeOfFormat(kind: Kind, format: string | undefined): string | undefined {
  if (format === undefined) return undefined;
  const formats = FORMATS[kind];
  return Object.hasOwn(formats, format) ? formats[format]?.[0] : undefined;
}
