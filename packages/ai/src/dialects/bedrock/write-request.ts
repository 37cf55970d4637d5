import type { ChatRequest, Turn } from '../../canonical/chat-request.ts';
import { loseExt } from '../../canonical/collect-ext.ts';
import type { Target } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { CachePoints } from './cache-points.ts';
import { DocumentNames } from './document-names.ts';
import { fitTurns } from './fit-turns.ts';
import { loseSettings } from './lost-settings.ts';
import { modelTraits, type ModelTraits } from './model-traits.ts';
import { planReasoning } from './plan-reasoning.ts';
import { refuseWrong } from './refuse-wrong.ts';
import { requestIds, requestNames } from './request-names.ts';
import { withoutRefusedMembers } from './rule-drops.ts';
import { stripForeign } from './strip-foreign.ts';
import { writeContent, type Writing } from './write-blocks.ts';
import { writeLabels } from './write-labels.ts';
import { foreignSettings, ownSettings, takesSchemas } from './write-settings.ts';
import { writeSystem } from './write-system.ts';
import { writeToolConfig } from './write-tools.ts';

/** The body of a call of Converse. */
export function writeBedrockRequest(asked: ChatRequest, target: Target, losses: Losses): string {
  const request = withoutRefusedMembers(asked, target.rules.drops ?? [], losses);
  const own = request.dialect === 'bedrock';
  const traits = modelTraits(target.model);
  refuseWrong(request, traits);
  loseExt(request, 'bedrock', losses);
  // Claude takes no reasoning without its proof, which others on Bedrock do not give.
  const unsigned = traits.claude === undefined;
  const turns = own ? stripForeign(request.turns, { unsigned, losses }) : fitTurns(request.turns, losses);
  const writing: Writing = {
    own,
    losses,
    names: requestNames(request),
    ids: requestIds(request),
    documents: new DocumentNames(),
    cache: new CachePoints(request, { allowed: traits.cachePoints, own, losses }),
  };
  return JSON.stringify(
    own ? writeOwn({ ...request, turns }, writing) : writeForeign({ request, target, traits, turns }, writing),
  );
}

/** Members of an object that `ownSettings` and `writeToolConfig` join with what the canonical form holds of it. */
const JOINED: ReadonlySet<string> = new Set([
  'inferenceConfig',
  'additionalModelRequestFields',
  'outputConfig',
  'toolConfig',
  'guardContent',
]);

function writeOwn(request: ChatRequest, writing: Writing): JsonFields {
  const verbatim = Object.entries(request.ext.bedrock ?? {}).filter(([name]) => !JOINED.has(name));
  const toolConfig = writeToolConfig({ request, turns: request.turns, mayForce: true, mayBeStrict: true }, writing);
  const system = writeSystem(request, undefined, writing);
  return {
    ...Object.fromEntries(verbatim),
    ...(request.turns.length > 0 && { messages: messages(request, request.turns, writing) }),
    ...(system.length > 0 && { system }),
    ...(toolConfig !== undefined && { toolConfig }),
    ...ownSettings(request),
    ...writeLabels(request, writing),
  };
}

interface Foreign {
  readonly request: ChatRequest;
  readonly target: Target;
  readonly traits: ModelTraits;
  readonly turns: readonly Turn[];
}

/** Cache points are counted in the order of the prompt: tools, system, messages. */
function writeForeign({ request, target, traits, turns }: Foreign, writing: Writing): JsonFields {
  const { losses } = writing;
  loseSettings(request, losses);
  const plan = planReasoning({ request, target, turns, losses }, traits);
  const mayForce = traits.claude === undefined || forceable(traits.claude.forcedTool, plan.thinks);
  const toolConfig = writeToolConfig({ request, turns, mayForce, mayBeStrict: takesSchemas(traits) }, writing);
  const system = writeSystem(request, traits, writing);
  return {
    messages: messages(request, turns, writing),
    ...(system.length > 0 && { system }),
    ...(toolConfig !== undefined && { toolConfig }),
    ...foreignSettings({ request, target, traits, plan, losses }),
    ...writeLabels(request, writing),
  };
}

function forceable(rule: 'yes' | 'unless_thinking' | 'no', thinks: boolean): boolean {
  return rule === 'yes' || (rule === 'unless_thinking' && !thinks);
}

function messages({ cache }: ChatRequest, turns: readonly Turn[], writing: Writing): JsonFields[] {
  return turns.map(({ role, blocks }, at) => {
    const content = writeContent(blocks, writing);
    const last = at === turns.length - 1 && cache.auto !== undefined && content.at(-1)?.['cachePoint'] === undefined;
    return { role, content: last ? [...content, ...writing.cache.behind(cache.auto)] : content };
  });
}
