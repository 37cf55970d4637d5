import type { ReasoningBlock, Signature } from '../../canonical/chat-request.ts';
import { openSignature, sealSignature } from '../../canonical/signatures.ts';

/** What of a reasoning block must come back beside its text. */
type Proof = Pick<ReasoningBlock, 'signature' | 'redacted' | 'itemId'>;

/**
 * The one `thoughtSignature` of a part that has to carry all of another dialect's proof: that it is redacted reasoning,
 * and the item it is bound to. Undefined when there is nothing to carry.
 */
export function sealProof({ signature, redacted, itemId }: Proof): string | undefined {
  const proof = redacted ?? signature;
  if (proof === undefined) return undefined;
  if (redacted === undefined && itemId === undefined) return sealSignature(proof, 'gemini');
  const value = `${redacted === undefined ? 'signed' : 'redacted'}.${itemId ?? ''}.${proof.value}`;
  return sealSignature({ value, dialect: proof.dialect }, 'gemini');
}

export function isSigned({ signature, redacted }: Proof): boolean {
  return signature !== undefined || redacted !== undefined;
}

export function openProof(text: string): Proof {
  const { value, dialect } = openSignature(text, 'gemini');
  const [, kind, itemId, inner] = dialect === 'gemini' ? [] : (PROOF.exec(value) ?? []);
  if (kind === undefined || inner === undefined) return { signature: { value, dialect } };
  const proof: Signature = { value: inner, dialect };
  return {
    ...(kind === 'redacted' ? { redacted: proof } : { signature: proof }),
    ...(itemId !== undefined && itemId !== '' && { itemId }),
  };
}

/** Signatures are base64 and hold no dots. */
const PROOF = /^(redacted|signed)\.([^.]{0,256})\.(.*)$/s;
