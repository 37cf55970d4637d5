import { loseExt } from '../../canonical/collect-ext.ts';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { fieldsOf } from '../chat-shaped/members.ts';
import { drops, writeContext, type WriteContext } from './write-context.ts';
import { writeMessages } from './write-messages.ts';
import { writeSampling, writeService } from './write-options.ts';
import { writeOutput } from './write-output.ts';
import { writeReasoning } from './write-reasoning.ts';
import { writeTools } from './write-tools.ts';

/** The body of a call to a vendor of this dialect. */
export function writeRequest(request: ChatRequest, target: Target, losses: Losses): string {
  const context = writeContext(request, target, losses);
  refuseState(request);
  loseExt(request, 'openai-chat', losses);
  // Marks of what is worth caching are counted in the order of the prompt, in which tools come first.
  const tools = writeTools(context);
  const output = writeOutput(context);
  const messages = writeMessages(context, output.instruction);
  const options = {
    ...writeSampling(context),
    ...output.members,
    ...writeReasoning(context),
    ...writeService(context),
  };
  const members = fit({ ...ownMembers(context), ...tools, ...options }, context);
  return JSON.stringify({ model: target.model, messages, ...members, ...streamMembers(context) });
}

/** What is kept at another vendor's cannot be had here, and the answer would be to something else. */
function refuseState({ state, cache }: ChatRequest): void {
  const [kept] = Object.keys(state ?? {});
  if (kept !== undefined) throw new Untranslatable('The provider of this model keeps no conversations.', kept);
  if (cache.contentRef !== undefined) {
    throw new Untranslatable('The provider of this model has no such cached content.', 'cachedContent');
  }
}

/** Members of this dialect that have no place in the canonical form go to its vendors as they came. */
function ownMembers({ request, losses }: WriteContext): JsonFields {
  const own = Object.entries(request.ext['openai-chat'] ?? {});
  for (const [name] of own)
    if (name.startsWith('messages.')) losses.add('dropped', name.replace(/[^\w.-]/g, '_').slice(0, 64));
  return Object.fromEntries(own.filter(([name]) => !name.startsWith('messages.') && !WRITTEN.has(name)));
}

/** Read into the canonical form, and kept only for the reply or for what is added to them. */
const WRITTEN: ReadonlySet<string> = new Set(['functions', 'stream_options', 'model', 'messages', 'stream']);

/** What the vendor refuses goes, and what it calls otherwise gets its name. */
function fit(members: JsonFields, context: WriteContext): JsonFields {
  const { rules, losses, request } = context;
  const fitting = Object.entries(members).flatMap(([name, value]) => {
    if (!drops(context, name)) return [[rules.renames?.[name] ?? name, value] as const];
    if (name === 'n' && (request.sampling.n ?? 1) > 1) {
      throw new Untranslatable('The provider of this model gives one answer a call.', 'n');
    }
    if (name !== 'n') losses.add('dropped', LOSS_NAMES.get(name) ?? name.replace(/[^\w.-]/g, '_').slice(0, 64));
    return [];
  });
  return Object.fromEntries(fitting);
}

/** Where a member goes by another name when it is lost. */
const LOSS_NAMES: ReadonlyMap<string, string> = new Map([
  ['max_completion_tokens', 'max_tokens'],
  ['safety_identifier', 'user'],
  ['top_logprobs', 'logprobs'],
  ['reasoning_effort', 'reasoning'],
  ['thinking', 'reasoning'],
  ['enable_thinking', 'reasoning'],
  ['thinking_budget', 'reasoning'],
]);

/** Usage is asked for whether or not the caller wants it. */
function streamMembers({ request, target, rules }: WriteContext): JsonFields {
  if (!target.stream) return {};
  const own = fieldsOf(request.ext['openai-chat']?.['stream_options']);
  const usage = rules.streamUsage !== 'always' && { include_usage: true };
  const options = { ...own, ...usage };
  return { stream: true, ...(Object.keys(options).length > 0 && { stream_options: options }) };
}
