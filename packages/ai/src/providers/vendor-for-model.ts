import { providerRow } from './provider-table.ts';

export interface VendorModel {
  /** A kind of the provider table. */
  readonly kind: string;
  /** The vendor's own name of the model. */
  readonly model: string;
}

/**
 * Whose model is this? Reads `kind/model`, then the names that vendors give their own models, so that a call by such a
 * name works as soon as the vendor's key is there. `undefined` for names that say nothing, such as those of open models
 * that many vendors serve.
 */
export function vendorForModel(name: string): VendorModel | undefined {
  const slash = name.indexOf('/');
  const row = slash > 0 && slash < name.length - 1 ? providerRow(name.slice(0, slash)) : undefined;
  if (row !== undefined) return { kind: row.kind, model: name.slice(slash + 1) };
  const kind = FAMILIES.find(([family]) => family.test(name))?.[1];
  return kind === undefined ? undefined : { kind, model: name };
}

const FAMILIES: readonly (readonly [RegExp, string])[] = [
  // `gpt-oss` has open weights and is not served by the vendor that made it.
  [/^(?:gpt-(?!oss)|chatgpt-|o[1-9](?:-|$)|text-embedding-(?:3-|ada-))/, 'openai'],
  [/^(?:omni-moderation-|text-moderation-|dall-e-|whisper-1$|tts-1(?:-|$))/, 'openai'],
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'google'],
  [/^(?:mistral|ministral|magistral|codestral|devstral|pixtral)-/, 'mistral'],
  [/^deepseek-(?:chat|reasoner|v\d)/, 'deepseek'],
  [/^grok-/, 'xai'],
  [/^sonar(?:-|$)/, 'perplexity'],
  [/^(?:kimi|moonshot)-/, 'moonshot'],
  [/^glm-/, 'zai'],
  [/^MiniMax-/, 'minimax'],
  [/^demo(?:-|$)/, 'demo'],
];
