import type { DialectName, ReasoningBlock, Signature } from '../../canonical/chat-request.ts';
import { isJsonFields, parseExact, type JsonFields } from '../../canonical/json.ts';
import { openSignature, sealSignature } from '../../canonical/signatures.ts';
import { asText } from '../../loose-json.ts';
import { present } from '../chat-shaped/present.ts';

/**
 * One entry of `reasoning_details` as a block. Vendors that issue them want them back as they were, with members that
 * differ by the model behind: what says more than a text and a signature becomes the signature as a whole. `sealed`:
 * it comes from a caller, so that the signature may be another dialect's in its envelope.
 */
export function readDetail(detail: JsonFields, { sealed }: { readonly sealed: boolean }): ReasoningBlock {
  const text = asText(detail['text']) ?? asText(detail['summary']) ?? '';
  const itemId = present({ itemId: asText(detail['id']) });
  const data = asText(detail['data']);
  const proof = data ?? asText(detail['signature']);
  const opened = sealed && proof !== undefined ? openSignature(proof, OWN) : undefined;
  const foreign = opened !== undefined && opened.dialect !== OWN;
  const value = foreign ? opened.value : pack(detail);
  const signature = value === undefined ? undefined : { value, dialect: foreign ? opened.dialect : OWN };
  if (data !== undefined && text === '')
    return { type: 'reasoning', text, ...itemId, ...present({ redacted: signature }) };
  return { type: 'reasoning', text, ...itemId, ...present({ signature }) };
}

/** `index` is the block's place in the answer, so that reasoning between other blocks finds back to it. */
export function writeDetail(block: ReasoningBlock, index: number): JsonFields {
  const { text, redacted, itemId } = block;
  const proof = redacted ?? block.signature;
  const packed = proof?.dialect === OWN ? unpack(proof.value) : undefined;
  if (packed !== undefined) return { index, ...packed, ...textMember(packed, text) };
  const shared = present({ format: formatOf(proof), id: itemId });
  if (redacted !== undefined) return { type: ENCRYPTED, data: sealSignature(redacted, OWN), ...shared, index };
  const signature = proof && sealSignature(proof, OWN);
  return { type: 'reasoning.text', text, ...present({ signature }), ...shared, index };
}

const OWN: DialectName = 'openai-chat';
const ENCRYPTED = 'reasoning.encrypted';

/** As vendors of this dialect write it; undefined for what has no foreign issuer. */
function formatOf(proof: Signature | undefined): string | undefined {
  if (proof === undefined || proof.dialect === OWN) return undefined;
  return proof.dialect === 'openai-responses' ? 'openai' : proof.dialect;
}

function textMember(packed: JsonFields, text: string): JsonFields {
  if (packed['type'] === ENCRYPTED) return {};
  return packed['type'] === 'reasoning.summary' ? { summary: text } : { text };
}

const PACKED = 'detail:';
const TEXTS: ReadonlySet<string> = new Set(['text', 'summary']);

/** What an entry says beside its text; undefined when that is nothing. Sorted: fragments come in any order. */
export function pack(detail: JsonFields): string | undefined {
  const said = Object.entries(detail).filter(([name, value]) => value !== null && value !== '' && !TEXTS.has(name));
  const proof = asText(detail['data']) ?? asText(detail['signature']);
  const plain = said.every(([name, value]) => PLAIN.has(name) || (name === 'type' && PLAIN_TYPES.has(value)));
  if (plain && proof?.startsWith(PACKED) !== true) return proof;
  return PACKED + JSON.stringify(Object.fromEntries(said.toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

const PLAIN: ReadonlySet<string> = new Set(['signature', 'data', 'index']);
const PLAIN_TYPES: ReadonlySet<unknown> = new Set(['reasoning.text', ENCRYPTED]);

function unpack(value: string): JsonFields | undefined {
  if (!value.startsWith(PACKED)) return undefined;
  const packed = parseExact(value.slice(PACKED.length));
  return isJsonFields(packed) ? packed : undefined;
}
