import type { DialectName, Signature } from './chat-request.ts';

/**
 * A signature as a caller of `speaker`'s dialect gets it: as it is when its own dialect issued it, else in an envelope
 * that names the issuer, so that it comes back to nobody else.
 */
export function sealSignature(signature: Signature, speaker: DialectName): string {
  const { value, dialect } = signature;
  // What only looks like an envelope, as from a gate behind this one, goes into another, or its issuer would be lost.
  if (dialect === speaker && openEnvelope(value) === undefined) return value;
  return Buffer.from(`${MARK}:${dialect}:${value}`).toString('base64');
}

/** The reverse: what a caller of `speaker`'s dialect sent back. */
export function openSignature(text: string, speaker: DialectName): Signature {
  return openEnvelope(text) ?? { value: text, dialect: speaker };
}

/**
 * The envelope is base64, because SDKs of some dialects hold signatures as bytes, and may send them back as base64url.
 * Nine bytes are twelve characters, so that every envelope begins alike.
 */
const MARK = 'gatehouse';
const MARK_BASE64 = Buffer.from(MARK).toString('base64');
const ENVELOPE = /^gatehouse:([a-z-]{1,20}):(.*)$/s;

const DIALECTS: Readonly<Record<DialectName, true>> = {
  'openai-chat': true,
  'openai-responses': true,
  anthropic: true,
  gemini: true,
  bedrock: true,
  mistral: true,
  cohere: true,
  ollama: true,
};

function openEnvelope(text: string): Signature | undefined {
  if (!text.startsWith(MARK_BASE64)) return undefined;
  const [, dialect, value] = ENVELOPE.exec(Buffer.from(text, 'base64').toString('utf8')) ?? [];
  if (dialect === undefined || value === undefined || !isDialect(dialect)) return undefined;
  return { value, dialect };
}

function isDialect(name: string): name is DialectName {
  return Object.hasOwn(DIALECTS, name);
}
