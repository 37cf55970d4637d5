import type { Signature } from '../../canonical/chat-request.ts';
import { openSignature, sealSignature } from '../../canonical/signatures.ts';
import { OWN } from './own.ts';

/**
 * What an item's encrypted content proves. Other dialects sign calls and texts, too, and know reasoning that is redacted:
 * callers of this dialect get such signatures as reasoning items of their own, which say what they belong to.
 */
export interface Proof {
  /** Empty for what is unsigned. */
  readonly signature: Signature;
  readonly place: ProofPlace;
}

export type ProofPlace =
  /** The reasoning in the item itself. */
  | 'reasoning'
  | 'redacted'
  /** Reasoning that nobody signed, whose item id means nothing to OpenAI. */
  | 'unsigned'
  | 'next_call'
  | 'last_call'
  | 'last_text'
  /** A text block of its own that holds nothing else. */
  | 'empty_text';

const MARK = /^gatehouse-([a-z_]{1,20}):/;
const PLACES: ReadonlyMap<string, ProofPlace> = new Map(
  (['reasoning', 'redacted', 'unsigned', 'next_call', 'last_call', 'last_text', 'empty_text'] as const).map((place) => [
    place,
    place,
  ]),
);

export function readProof(encrypted: string, itemId: string | undefined): Proof {
  const [mark = '', name = ''] = MARK.exec(encrypted) ?? [];
  const place = PLACES.get(name);
  const signature = openSignature(place === undefined ? encrypted : encrypted.slice(mark.length), OWN);
  return {
    place: place ?? 'reasoning',
    signature: signature.dialect === OWN ? ownSignature(signature.value, itemId) : signature,
  };
}

/** The encrypted content that a caller of this dialect gets for a signature. */
export function writeProof({ signature, place }: Proof): string {
  const { content, dialect } = { ...splitOwn(signature), dialect: signature.dialect };
  const sealed = sealSignature({ value: content, dialect }, OWN);
  // Content of a gate behind this one may bear a mark already, which is not this gate's to read.
  return place === 'reasoning' && !MARK.test(sealed) ? sealed : `gatehouse-${place}:${sealed}`;
}

/**
 * Encrypted content is worth nothing without the id of its item, and callers of other dialects have no place for ids: so
 * a signature of this dialect holds both.
 */
export function ownSignature(content: string, itemId: string | undefined): Signature {
  return { value: itemId === undefined ? content : `${itemId}#${content}`, dialect: OWN };
}

/** The reverse. Signatures of other dialects are content as a whole. */
export function splitOwn(signature: Signature): { readonly id?: string; readonly content: string } {
  const { value, dialect } = signature;
  const [whole = '', id] = (dialect === OWN ? WITH_ID.exec(value) : undefined) ?? [];
  return id === undefined ? { content: value } : { id, content: value.slice(whole.length) };
}

const WITH_ID = /^([\w.-]{1,200})#/;
