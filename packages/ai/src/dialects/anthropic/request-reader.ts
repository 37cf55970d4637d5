import type { CallFacts } from '../../canonical/dialect.ts';
import type { CacheWish, ChatRequest, Instruction, OutputWish, Sampling, Turn } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { withExt } from './block-ext.ts';
import { readMark } from './cache-mark.ts';
import { FieldReader } from './field-reader.ts';
import { NamedExtras } from './named-extras.ts';
import { readContent } from './read-blocks.ts';
import { readReasoning } from './read-reasoning.ts';
import { readToolChoice, readTools } from './read-tools.ts';
import { NEW_VERSION, readVersion, refuseOldMembers } from './versions.ts';

/** A call of `POST /v1/messages`, by the version of the API that the caller names. */
export function readRequest(body: Json, facts: CallFacts): ChatRequest {
  return readCall(body, facts, { needsLimit: true });
}

/** A call of `POST /v1/messages/count_tokens`: the same, without a limit and never a stream. */
export function readCountRequest(body: Json, facts: CallFacts): ChatRequest {
  return { ...readCall(body, facts, { needsLimit: false }), stream: false };
}

function readCall(body: Json, facts: CallFacts, options: { readonly needsLimit: boolean }): ChatRequest {
  if (!isJsonFields(body)) throw new Untranslatable('The request body must be a JSON object.');
  const version = readVersion(facts);
  const request = new FieldReader(body);
  const extras = new NamedExtras();
  const turns = readTurns(request, extras);
  if (version === NEW_VERSION) refuseOldMembers(request, { turns });
  const maxOutputTokens = request.count('max_tokens');
  if (maxOutputTokens === undefined && options.needsLimit) request.refuse('max_tokens', 'is required');
  const instructions = readSystem(request, extras);
  const tools = readTools(request, extras);
  return {
    dialect: 'anthropic',
    model: facts.model ?? request.needText('model'),
    stream: request.flag('stream') ?? facts.stream ?? false,
    instructions,
    turns,
    tools,
    ...readToolChoice(request),
    sampling: readSampling(request),
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    output: readOutput(request),
    ...readReasoning(request),
    cache: readCache(request),
    ...readService(request),
    includeUsage: true,
    ext: { anthropic: { ...extras.fields, ...readExt(request) } },
  };
}

function readTurns(request: FieldReader, extras: NamedExtras): Turn[] {
  const messages = request.each('messages');
  const turns = messages.map((message): Turn => {
    const role = message.text('role');
    if (role !== 'user' && role !== 'assistant' && role !== 'system') {
      return message.refuse('role', "must be 'user', 'assistant' or 'system'");
    }
    const members = extras.of(message, 'messages', ['role', 'content']);
    return { role, blocks: readContent(message, extras), ...withExt({ ...(members !== undefined && { members }) }) };
  });
  const said = turns.filter(({ blocks }) => blocks.length > 0);
  return said.length === 0 ? request.refuse('messages', 'must say something') : said;
}

function readSystem(request: FieldReader, extras: NamedExtras): Instruction[] {
  const system = request.value('system');
  if (typeof system === 'string') return system === '' ? [] : [{ role: 'system', text: system }];
  return request.each('system').flatMap((block): Instruction[] => {
    if (block.text('type') !== 'text') return block.refuse('type', "must be 'text'");
    const text = block.text('text') ?? block.refuse('text', 'is required');
    const members = extras.of(block, 'system', ['type', 'text', 'cache_control']);
    if (text === '') return [];
    return [{ role: 'system', text, ...readMark(block), ...withExt({ ...(members !== undefined && { members }) }) }];
  });
}

function readSampling(request: FieldReader): Sampling {
  const temperature = request.number('temperature');
  const topP = request.number('top_p');
  const topK = request.count('top_k');
  const stop = request.texts('stop_sequences');
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(stop !== undefined && stop.length > 0 && { stop }),
  };
}

function readOutput(request: FieldReader): OutputWish {
  const format = request.fields('output_config')?.fields('format');
  if (format === undefined) return {};
  if (format.text('type') !== 'json_schema') return format.refuse('type', "must be 'json_schema'");
  const schema = format.fields('schema') ?? format.refuse('schema', 'is required');
  return { format: { kind: 'schema', schema: schema.raw } };
}

function readCache(request: FieldReader): CacheWish {
  const { cache } = readMark(request);
  return cache === undefined ? {} : { auto: cache };
}

function readService(request: FieldReader): Pick<ChatRequest, 'tier' | 'endUser' | 'state'> {
  const tier = request.text('service_tier');
  const endUser = request.fields('metadata')?.text('user_id');
  const thread = request.fields('thread')?.raw;
  if (tier !== undefined && tier !== 'auto' && tier !== 'standard_only') {
    return request.refuse('service_tier', "must be 'auto' or 'standard_only'");
  }
  return {
    ...(tier !== undefined && { tier: tier === 'auto' ? 'auto' : 'default' }),
    ...(endUser !== undefined && endUser !== '' && { endUser }),
    ...(thread !== undefined && { state: { thread } }),
  };
}

/** What has no canonical place, and what is left of members that have one in part. */
function readExt(request: FieldReader): JsonFields {
  const thinking = request.fields('thinking');
  const config = request.fields('output_config')?.rest(['effort', 'format']);
  const metadata = request.fields('metadata')?.rest(['user_id']);
  return {
    ...request.rest(READ),
    ...(thinking?.text('type') === 'between_tools' && { thinking: thinking.raw }),
    ...(config !== undefined && { output_config: config }),
    ...(metadata !== undefined && { metadata }),
  };
}

const READ: readonly string[] = [
  'cache_control',
  'max_tokens',
  'messages',
  'metadata',
  'model',
  'output_config',
  'service_tier',
  'stop_sequences',
  'stream',
  'system',
  'temperature',
  'thinking',
  'thread',
  'tool_choice',
  'tools',
  'top_k',
  'top_p',
];
