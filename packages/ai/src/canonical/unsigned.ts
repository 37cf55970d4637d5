import type { DialectName, Signature } from './chat-request.ts';
import { openSignature, sealSignature } from './signatures.ts';

/**
 * Stands where a proof would, for callers of `speaker`'s dialect, behind reasoning that its vendor has not signed. The
 * caller's own vendor refuses such reasoning, and without a mark the gate would give it back untouched.
 */
export function sealUnsigned(speaker: DialectName): string {
  return sealSignature({ value: '', dialect: 'ollama' }, speaker);
}

/** What a caller of `speaker`'s dialect sent back; undefined for reasoning that is not signed. */
export function openProof(text: string, speaker: DialectName): Signature | undefined {
  const signature = openSignature(text, speaker);
  return signature.value === '' ? undefined : signature;
}
