import type { DialectName } from '../canonical/chat-request.ts';
import type { CallerName, ProviderDialect, Target } from '../canonical/dialect.ts';
import { anthropicProvider } from '../dialects/anthropic/anthropic-provider.ts';
import { anthropicVersionFor } from '../dialects/anthropic/call-plan.ts';
import { OLD_VERSION } from '../dialects/anthropic/versions.ts';
import { bedrockProvider } from '../dialects/bedrock/bedrock-provider.ts';
import { cohereProvider } from '../dialects/cohere/cohere-provider.ts';
import { geminiProvider } from '../dialects/gemini/gemini-provider.ts';
import { mistralProvider } from '../dialects/mistral/mistral-provider.ts';
import { ollamaProvider } from '../dialects/ollama/ollama-provider.ts';
import { openAiChatProvider } from '../dialects/openai-chat/provider.ts';
import { openAiResponsesProvider } from '../dialects/openai-responses/provider.ts';
import type { ProviderRow } from '../providers/provider-table.ts';
import type { ChatCall } from './chat-call.ts';

export const PROVIDER_DIALECTS: Readonly<Record<DialectName, ProviderDialect>> = {
  'openai-chat': openAiChatProvider,
  'openai-responses': openAiResponsesProvider,
  anthropic: anthropicProvider,
  gemini: geminiProvider,
  bedrock: bedrockProvider,
  mistral: mistralProvider,
  cohere: cohereProvider,
  ollama: ollamaProvider,
};

/** The caller's own dialect where the vendor speaks it, else the one that suits the vendor best. */
export function dialectFor({ dialect, also }: ProviderRow, caller: CallerName): ProviderDialect {
  return PROVIDER_DIALECTS[caller === 'prompt' || also[caller] === undefined ? dialect : caller];
}

/** A list of names, as `anthropic-beta` is one. */
const BETAS = /^[\w.:-]{1,64}(?:[\t ]*,[\t ]*[\w.:-]{1,64}){0,31}$/;

/** What a dialect wants in headers; `untouched` calls keep what their callers said. */
export function dialectHeaders(
  call: ChatCall,
  target: Target,
  dialect: DialectName,
  untouched: boolean,
): Record<string, string> {
  if (dialect !== 'anthropic') return {};
  if (!untouched) return { 'anthropic-version': anthropicVersionFor(call.request, target) };
  const version = call.facts.header('anthropic-version') ?? OLD_VERSION;
  const beta = call.facts.header('anthropic-beta');
  return { 'anthropic-version': version, ...(beta !== undefined && BETAS.test(beta) && { 'anthropic-beta': beta }) };
}
