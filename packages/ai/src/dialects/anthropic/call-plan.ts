import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { Losses } from '../../canonical/loss.ts';
import { wireNames, type WireNames } from '../../canonical/wire-names.ts';
import { modelRules, type ModelRules } from './model-rules.ts';
import { keptSampling } from './sampling-plan.ts';
import { planThinking, type ThinkingPlan } from './thinking-plan.ts';
import { hasAssistantDocument, hasUserCitations, NEW_VERSION, OLD_VERSION, type AnthropicVersion } from './versions.ts';

/** All that a model's rules decide about a call, for the one who writes it and the one who reads its answer. */
export interface CallPlan {
  readonly rules: ModelRules;
  readonly thinking: ThinkingPlan;
  readonly sampling: JsonFields;
  readonly version: AnthropicVersion;
}

export function planCall(request: ChatRequest, target: Target, losses: Losses): CallPlan {
  const rules = modelRules(target.model);
  const thinking = planThinking({ request, target, rules, losses });
  const sampling = keptSampling(request.sampling, { rules, thinking, losses });
  return { rules, thinking, sampling, version: versionFor(request, target, sampling) };
}

/** What to send in `anthropic-version`: the new one, unless the call holds what only the old one has. */
export function anthropicVersionFor(request: ChatRequest, target: Target): AnthropicVersion {
  return planCall(request, target, new Losses()).version;
}

function versionFor(request: ChatRequest, target: Target, sampling: JsonFields): AnthropicVersion {
  const rules = modelRules(target.model);
  const old =
    !rules.newVersion ||
    BEDROCK_VERSIONED.test(target.model) ||
    Object.keys(sampling).length > 0 ||
    hasAssistantDocument(request) ||
    hasUserCitations(request);
  return old ? OLD_VERSION : NEW_VERSION;
}

/** Models that Bedrock names with a version of its own, such as `…-v1:0`, are older than the new version of the API. */
const BEDROCK_VERSIONED = /anthropic\.claude.*-v\d+(?::\d+)?$/i;

/** Names of tools as the model sees them: of those defined, called before, and chosen. */
export function toolNames(request: ChatRequest, target: Target): WireNames {
  const { tools, turns, toolChoice } = request;
  const called = turns.flatMap(({ blocks }) => blocks.flatMap((one) => (one.type === 'tool_call' ? one.name : [])));
  const chosen = toolChoice?.mode === 'named' ? [toolChoice.name] : [];
  const { toolNameCharsMax } = modelRules(target.model);
  const rule = { allowed: 'A-Za-z0-9_-', charsMax: toolNameCharsMax };
  return wireNames([...tools.map(({ name }) => name), ...called, ...chosen], rule);
}
