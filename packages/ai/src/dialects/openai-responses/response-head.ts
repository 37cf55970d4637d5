import type { ChatRequest, Ext } from '../../canonical/chat-request.ts';
import type { ReplyContext } from '../../canonical/dialect.ts';
import { effortOf } from '../../canonical/effort.ts';
import type { Fields } from '../../loose-json.ts';
import type { Usage } from '../../usage.ts';
import { keptOf, OWN } from './own.ts';
import type { Ending } from './stop.ts';
import { writeUsage } from './usage.ts';
import { echoFormat } from './write-text.ts';
import { echoTools, writeToolChoice } from './write-tools.ts';

export interface Begun {
  readonly id: string;
  readonly model: string;
  readonly created: number;
  readonly ext?: Ext;
}

/** What a response says from its beginning to its end: what was asked, in all members that callers' SDKs expect. */
export function responseHead(begun: Begun, context: ReplyContext): Fields {
  const said = begun.ext?.[OWN];
  return {
    id: said !== undefined || begun.id.startsWith('resp_') ? begun.id : context.newId('resp_'),
    object: 'response',
    created_at: begun.created,
    model: begun.model,
    ...echo(context.request),
    ...said,
  };
}

/** Of a response that failed before it began: nothing is known of it, and to ask what was asked may mean to parse it. */
export function unbegunHead(context: ReplyContext): Fields {
  return {
    id: context.newId('resp_'),
    object: 'response',
    created_at: 0,
    model: '',
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
  };
}

/** The members that change while a response grows. */
export function responseState(ending: Ending, output: readonly Fields[], usage: Usage | undefined): Fields {
  return { ...ending, output, usage: usage === undefined ? null : writeUsage(usage) };
}

const AS_NAMED = { toWire: (name: string) => name, fromWire: (name: string) => name };

function echo(request: ChatRequest): Fields {
  const { sampling, output, toolChoice, state } = request;
  return {
    background: state?.['background'] ?? false,
    completed_at: null,
    conversation: null,
    instructions: instructionsOf(request),
    max_output_tokens: request.maxOutputTokens ?? null,
    max_tool_calls: null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallelTools ?? true,
    previous_response_id: state?.['previous_response_id'] ?? null,
    prompt_cache_key: request.cache.key ?? null,
    reasoning: { effort: effortOf(request.reasoning) ?? null, summary: request.reasoning?.summaryStyle ?? null },
    safety_identifier: request.endUser ?? null,
    service_tier: request.tier ?? 'default',
    store: state?.['store'] ?? false,
    temperature: sampling.temperature ?? null,
    text: { format: echoFormat(output.format), ...(output.verbosity !== undefined && { verbosity: output.verbosity }) },
    tool_choice: toolChoice === undefined ? 'auto' : writeToolChoice(toolChoice, request, AS_NAMED),
    tools: echoTools(request),
    top_logprobs: request.logprobs?.top ?? 0,
    top_p: sampling.topP ?? null,
    truncation: 'disabled',
  };
}

/** Those that came as `instructions`, not as messages. */
function instructionsOf({ instructions: [first] }: ChatRequest): string | null {
  return first === undefined || keptOf(first) !== undefined ? null : first.text;
}
