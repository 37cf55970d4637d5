import { isUtf8 } from 'node:buffer';
import { sniffBytes } from '../canonical/sniff-bytes.ts';
import type { MediaBlock } from '../canonical/chat-request.ts';

/** What was fetched from an address that a caller gave. */
export interface Fetched {
  readonly bytes: Buffer;
  /** What the server calls it; undefined: it does not say. */
  readonly contentType: string | undefined;
}

/** What the caller takes it for. */
export interface Expected {
  readonly kind: MediaBlock['kind'];
  readonly mime: string | undefined;
}

/**
 * The type of what was fetched, where caller, server and content agree on one. Otherwise why it is not sent on: a page
 * that says 404, a script that poses as an image, an image that a vendor would refuse for its name.
 */
export function checkedMedium(
  { bytes, contentType }: Fetched,
  { kind, mime: claimed }: Expected,
): { readonly mime: string } | { readonly problem: string } {
  const wanted = tidy(claimed);
  const said = calledBy(tidy(contentType), wanted);
  const shown = sniffBytes(bytes) ?? textType(bytes, said);
  if (bytes.length === 0) return { problem: 'is empty' };
  if (shown === undefined) return { problem: `is no ${kind} of a known type` };
  if (said !== undefined && said !== shown) return { problem: `is called ${said} and is ${shown}` };
  if (wanted !== undefined && wanted !== shown) return { problem: `should be ${wanted} and is ${shown}` };
  return KINDS[kind].test(shown) ? { mime: shown } : { problem: `is ${shown} and no ${kind}` };
}

const KINDS: Readonly<Record<MediaBlock['kind'], RegExp>> = {
  image: /^image\//,
  audio: /^audio\//,
  video: /^video\//,
  document: /^application\/pdf$|^text\/|^application\/(?:json|xml)$/,
};

const TEXTS = /^text\/(?:plain|markdown|csv|html|xml)$|^application\/(?:json|xml)$/;

/** Many servers call every text plain, or nothing; of which sort it is the caller knows. */
function calledBy(server: string | undefined, caller: string | undefined): string | undefined {
  const vague = server === undefined || server === 'text/plain';
  return vague && caller !== undefined && TEXTS.test(caller) ? caller : server;
}

/** Text has no mark of its own: what is said to be some and is nothing else is taken for it. */
function textType(bytes: Buffer, said: string | undefined): string | undefined {
  return said !== undefined && TEXTS.test(said) && isUtf8(bytes) && !bytes.includes(0) ? said : undefined;
}

/** By its registered name; undefined for what says nothing. */
function tidy(mime: string | undefined): string | undefined {
  const bare = mime?.replace(/;.*$/s, '').trim().toLowerCase() ?? '';
  if (bare === '' || SILENT.has(bare)) return undefined;
  return SYNONYMS.get(bare) ?? bare;
}

const SILENT: ReadonlySet<string> = new Set([
  'application/octet-stream',
  'binary/octet-stream',
  'application/force-download',
]);

const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/x-png', 'image/png'],
  ['application/x-pdf', 'application/pdf'],
  ['audio/mp3', 'audio/mpeg'],
  ['audio/x-wav', 'audio/wav'],
  ['audio/wave', 'audio/wav'],
  ['audio/vnd.wave', 'audio/wav'],
  ['audio/x-flac', 'audio/flac'],
  ['audio/x-m4a', 'audio/mp4'],
  ['audio/m4a', 'audio/mp4'],
  ['application/ogg', 'audio/ogg'],
]);
