import type { ChatRequest } from '../../../canonical/chat-request.ts';
import type { ProviderRules, Target } from '../../../canonical/dialect.ts';
import { Losses } from '../../../canonical/loss.ts';
import { openAiResponsesProvider } from '../provider.ts';

export interface Written {
  readonly body: Record<string, unknown>;
  readonly losses: readonly string[];
}

export function write(request: ChatRequest, target: Partial<Target> = {}, rules: Partial<ProviderRules> = {}): Written {
  const losses = new Losses();
  const whole = { model: 'gpt-5', stream: false, rules: { kind: 'openai', ...rules }, ...target };
  const body: Record<string, unknown> = JSON.parse(openAiResponsesProvider.writeRequest(request, whole, losses));
  return { body, losses: losses.codes };
}
