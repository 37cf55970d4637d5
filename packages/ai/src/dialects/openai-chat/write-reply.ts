import type { ChatReply, Choice } from '../../canonical/chat-reply.ts';
import type { Block, ChatRequest, MediaBlock } from '../../canonical/chat-request.ts';
import type { ReplyContext } from '../../canonical/dialect.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { mimeOf } from '../../canonical/media-source.ts';
import { writeFinish } from './finish-reason.ts';
import { fieldsOf } from '../chat-shaped/members.ts';
import { writeDetail } from './reasoning-details.ts';
import { writeAnnotations } from './write-annotations.ts';
import { extraContent, writeReplyCall } from './write-call.ts';
import { writeUsage } from './write-usage.ts';

/** A whole `chat.completion`. */
export function writeReply(reply: ChatReply, context: ReplyContext): string {
  const { id, created, model, usage, ext } = reply;
  return JSON.stringify({
    id,
    object: 'chat.completion',
    created,
    model,
    choices: reply.choices.map((choice) => writeChoice(choice, reply, context)),
    ...(usage !== undefined && { usage: writeUsage(usage) }),
    ...ext?.['openai-chat'],
  });
}

function writeChoice(choice: Choice, reply: ChatReply, context: ReplyContext): JsonFields {
  const { index, blocks, stop, logprobs } = choice;
  const legacy = speaksOfFunctions(context.request);
  const refusal = textOf(blocks, 'refusal') ?? (stop.reason === 'refusal' ? (stop.detail ?? null) : null);
  const message = {
    ...writeSaid(blocks),
    refusal,
    ...(!hidesReasoning(context.request) && writeReasoning(blocks)),
    ...writeCalls(blocks, legacy),
    ...writeShown(blocks, reply, context),
  };
  const finish = writeFinish(stop, { told: refusal !== null, legacy });
  return { index, message, logprobs: writeLogprobs(logprobs), finish_reason: finish };
}

/** Whoever offered `functions` awaits a `function_call`, as it was before there were tools. */
export function speaksOfFunctions({ ext }: ChatRequest): boolean {
  return ext['openai-chat']?.['functions'] !== undefined;
}

/** The caller does not want to read what the model thought, and the provider may have told it all the same. */
export function hidesReasoning({ reasoning }: ChatRequest): boolean {
  return reasoning?.expose === 'none';
}

function textOf(blocks: readonly Block[], kind: 'text' | 'refusal' | 'reasoning'): string | undefined {
  const said = blocks.filter((block) => block.type === kind);
  return said.length === 0 ? undefined : said.map((block) => ('text' in block ? block.text : '')).join('');
}

/** Without any text `content` is null, as OpenAI has it (reference T10). */
function writeSaid(blocks: readonly Block[]): JsonFields {
  const content = textOf(blocks, 'text') ?? null;
  const texts = blocks.filter((block) => block.type === 'text');
  const citations = texts.flatMap((text) => text.citations ?? []);
  const annotations = writeAnnotations(citations, content?.length ?? 0);
  const signature = texts.findLast((text) => text.signature !== undefined)?.signature;
  return {
    role: 'assistant',
    content,
    ...(annotations.length > 0 && { annotations }),
    ...(signature !== undefined && extraContent(signature)),
  };
}

function writeReasoning(blocks: readonly Block[]): JsonFields {
  const details = blocks.flatMap((block, index) => (block.type === 'reasoning' ? [writeDetail(block, index)] : []));
  if (details.length === 0) return {};
  const text = textOf(blocks, 'reasoning') ?? '';
  return { ...(text !== '' && { reasoning_content: text }), reasoning_details: details };
}

function writeCalls(blocks: readonly Block[], legacy: boolean): JsonFields {
  const calls = blocks.filter((block) => block.type === 'tool_call');
  const [first] = calls;
  if (first === undefined) return {};
  return legacy
    ? { function_call: writeReplyCall(first)['function'] ?? null }
    : { tool_calls: calls.map(writeReplyCall) };
}

/** Pictures and sound, and what only this dialect knows. */
function writeShown(blocks: readonly Block[], { created }: ChatReply, context: ReplyContext): JsonFields {
  let members: JsonFields = {};
  const images: JsonFields[] = [];
  for (const block of blocks) {
    if (block.type === 'opaque' && block.dialect === 'openai-chat') members = { ...members, ...block.data };
    if (block.type !== 'media') continue;
    if (block.kind === 'image') images.push(...writeImage(block));
    else if (block.kind === 'audio')
      members = { ...members, ...writeSound(block, { created, id: context.newId('audio_') }) };
  }
  return { ...members, ...(images.length > 0 && { images }) };
}

export function writeImage(block: MediaBlock): readonly JsonFields[] {
  const { source } = block;
  if (source.via === 'url') return [{ type: 'image_url', image_url: { url: source.url } }];
  if (source.via !== 'base64') return [];
  return [{ type: 'image_url', image_url: { url: `data:${mimeOf(block)};base64,${source.data}` } }];
}

/** Nothing is kept at the gate, so that the sound can be referred to for no time at all. */
export function writeSound(
  { source }: MediaBlock,
  { created, id }: { readonly created: number; readonly id: string },
): JsonFields {
  return source.via === 'base64' ? { audio: { id, data: source.data, expires_at: created, transcript: '' } } : {};
}

/** Both lists are there by rule, though only one of them says something. */
export function writeLogprobs(logprobs: Json | undefined): Json {
  const fields = fieldsOf(logprobs);
  return fields === undefined ? null : { content: null, refusal: null, ...fields };
}
