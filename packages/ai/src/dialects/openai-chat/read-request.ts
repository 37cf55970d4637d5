import type { CallFacts } from '../../canonical/dialect.ts';
import type { CacheWish, ChatRequest, ServiceTier } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { fieldsOf, Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { readCacheMark } from './read-content.ts';
import { readMessages } from './read-messages.ts';
import { readOutput, unknownFormat } from './read-output.ts';
import { readReasoning } from './read-reasoning.ts';
import { readLogprobs, readMaxTokens, readSampling } from './read-sampling.ts';
import { readToolChoice, readTools } from './read-tools.ts';

/** The body of a chat completion call in the canonical form; throws `Untranslatable`, naming the member at fault. */
export function readRequest(body: Json, facts: CallFacts): ChatRequest {
  const fields = fieldsOf(body);
  if (fields === undefined) throw new Untranslatable('The request body must be a JSON object.');
  const request = new Members(fields);
  const { instructions, turns, unknown } = readMessages(request);
  const stream = request.flag('stream') ?? facts.stream ?? false;
  const { includeUsage, streamOptions } = readStreamOptions(request);
  const known = {
    dialect: 'openai-chat',
    model: facts.model ?? request.name('model'),
    stream,
    instructions,
    turns,
    tools: readTools(request),
    sampling: readSampling(request),
    output: readOutput(request),
    cache: readCache(request),
    includeUsage,
    ...present({
      toolChoice: readToolChoice(request),
      parallelTools: request.flag('parallel_tool_calls'),
      maxOutputTokens: readMaxTokens(request),
      logprobs: readLogprobs(request),
      reasoning: readReasoning(request),
      metadata: readMetadata(request),
      ...readEndUser(request),
      tier: tierOf(request.text('service_tier')),
    }),
  } as const;
  const rest = { ...leftOver(request, fields), ...streamOptions, ...unknown };
  return { ...known, ext: Object.keys(rest).length === 0 ? {} : { 'openai-chat': rest } };
}

/** What nobody asked for, and what was asked for but has no place in the canonical form. */
function leftOver(request: Members, fields: JsonFields): JsonFields {
  request.value('model');
  const format = unknownFormat(request);
  const tier = request.text('service_tier');
  const user = request.text('user');
  const functions = request.list('functions');
  return {
    ...request.rest(),
    ...(format !== undefined && { response_format: format }),
    ...(tier !== undefined && tierOf(tier) === undefined && { service_tier: tier }),
    ...(user !== undefined && fieldsHave(fields, 'safety_identifier') && { user }),
    // Whoever speaks of functions awaits a `function_call`, not `tool_calls`.
    ...(functions !== undefined && { functions }),
  };
}

function fieldsHave(fields: JsonFields, name: string): boolean {
  return Object.hasOwn(fields, name) && fields[name] !== null;
}

function readEndUser(request: Members): { readonly endUser: string | undefined } {
  const user = request.text('user');
  return { endUser: request.text('safety_identifier') ?? user };
}

/** Padding against eavesdroppers is nothing that the gate makes, so the wish to go without it is always met. */
function readStreamOptions(request: Members): { readonly includeUsage: boolean; readonly streamOptions: JsonFields } {
  const options = request.inside('stream_options');
  const includeUsage = options?.flag('include_usage') ?? false;
  options?.value('include_obfuscation');
  const rest = options?.rest() ?? {};
  return { includeUsage, streamOptions: Object.keys(rest).length === 0 ? {} : { stream_options: rest } };
}

function readCache(request: Members): CacheWish {
  return present({ auto: readCacheMark(request), key: request.text('prompt_cache_key') });
}

const TIERS: readonly ServiceTier[] = ['auto', 'default', 'flex', 'priority', 'scale', 'reserved'];

function tierOf(word: string | undefined): ServiceTier | undefined {
  return TIERS.find((tier) => tier === word);
}

function readMetadata(request: Members): Readonly<Record<string, string>> | undefined {
  const metadata = request.fields('metadata');
  if (metadata === undefined) return undefined;
  const pairs = Object.entries(metadata).map(([key, value]) => {
    return [key, typeof value === 'string' ? value : request.refuse('metadata', 'must hold strings')] as const;
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}
