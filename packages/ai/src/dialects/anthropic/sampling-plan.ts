import type { Sampling } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import type { ModelRules } from './model-rules.ts';
import type { ThinkingPlan } from './thinking-plan.ts';

/** What is left of temperature, top_p and top_k for this model, thinking or not. */
export function keptSampling(sampling: Sampling, to: SamplingTarget): JsonFields {
  const { rules, thinking, losses } = to;
  const thinks = thinking.state === 'manual' || thinking.state === 'adaptive';
  const wanted = new Map([
    ['temperature', sampling.temperature],
    ['top_p', sampling.topP],
    ['top_k', sampling.topK],
  ]);
  const kept = new Map<string, number>();
  for (const [name, value] of wanted) {
    if (value === undefined) continue;
    const refused =
      rules.sampling === 'no' ||
      (thinks && name !== 'top_p') ||
      (rules.sampling === 'one' && name === 'top_p' && kept.has('temperature'));
    if (!refused) kept.set(name, name === 'temperature' ? clamped(value, losses) : value);
    // A thinking model has the temperature 1 in any case.
    else if (name !== 'temperature' || value !== 1) losses.add('dropped', name);
  }
  return Object.fromEntries(kept);
}

export interface SamplingTarget {
  readonly rules: ModelRules;
  readonly thinking: ThinkingPlan;
  readonly losses: Losses;
}

function clamped(temperature: number, losses: Losses): number {
  if (temperature >= 0 && temperature <= 1) return temperature;
  losses.add('clamped', 'temperature');
  return temperature > 1 ? 1 : 0;
}
