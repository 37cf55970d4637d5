import type { Effort, ReasoningWish } from '../../canonical/chat-request.ts';
import type { FieldReader } from './field-reader.ts';

type Reasoning = { readonly reasoning?: ReasoningWish };

/**
 * `thinking` and the effort say different things, which the modes keep apart: `auto` with an effort is adaptive thinking
 * with one, `effort` is an effort alone, which leaves whether to think to the model.
 */
export function readReasoning(request: FieldReader): Reasoning {
  const effort = readEffort(request.fields('output_config'));
  const thinking = request.fields('thinking');
  if (thinking === undefined) return effort === undefined ? {} : { reasoning: { mode: 'effort', effort } };
  const shared = { ...(effort !== undefined && { effort }), ...readDisplay(thinking) };
  switch (thinking.needText('type')) {
    case 'adaptive':
      return { reasoning: { mode: 'auto', ...shared } };
    case 'enabled': {
      const budgetTokens = thinking.count('budget_tokens') ?? thinking.refuse('budget_tokens', 'is required');
      return { reasoning: { mode: 'budget', budgetTokens, ...shared } };
    }
    case 'disabled':
    case 'between_tools':
      return { reasoning: { mode: 'off', ...shared } };
    default:
      return thinking.refuse('type', "must be 'adaptive', 'enabled', 'disabled' or 'between_tools'");
  }
}

function readDisplay(thinking: FieldReader): Pick<ReasoningWish, 'expose'> {
  switch (thinking.text('display')) {
    case undefined:
      return {};
    case 'summarized':
      return { expose: 'summary' };
    case 'omitted':
      return { expose: 'none' };
    default:
      return thinking.refuse('display', "must be 'summarized' or 'omitted'");
  }
}

function readEffort(config: FieldReader | undefined): Effort | undefined {
  const effort = config?.text('effort');
  if (config === undefined || effort === undefined) return undefined;
  return EFFORTS.find((known) => known === effort) ?? config.refuse('effort', `must be one of ${EFFORTS.join(', ')}`);
}

const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
