import { anthropicVendor } from './anthropic.ts';
import { bedrockVendor } from './bedrock.ts';
import { cohereVendor } from './cohere.ts';
import { geminiVendor } from './gemini.ts';
import { mistralVendor } from './mistral.ts';
import { ollamaVendor } from './ollama.ts';
import { chatVendor } from './openai-chat.ts';
import { responsesVendor } from './openai-responses.ts';
import type { Vendor } from './vendor.ts';

export const OPENAI = chatVendor({
  name: 'openai',
  kind: 'openai',
  model: 'gpt-5-mini',
  showsReasoning: false,
  strict: true,
});

export const COMPATIBLE = chatVendor({
  name: 'compatible',
  kind: 'openai-compatible',
  model: 'deep-thinker',
  showsReasoning: true,
  strict: false,
});

export const VENDORS: readonly Vendor[] = [
  OPENAI,
  COMPATIBLE,
  anthropicVendor,
  bedrockVendor,
  geminiVendor,
  mistralVendor,
  cohereVendor,
  ollamaVendor,
];

const BY_NAME: ReadonlyMap<string, Vendor> = new Map(VENDORS.map((vendor) => [vendor.name, vendor]));

/** The vendor that serves this path: OpenAI has two dialects. */
export function vendorAt(name: string, path: string): Vendor {
  const vendor = BY_NAME.get(name);
  if (vendor === undefined) throw new RangeError(`no such vendor: ${name}`);
  return vendor === OPENAI && path.startsWith('/v1/responses') ? { ...OPENAI, ...responsesVendor } : vendor;
}
