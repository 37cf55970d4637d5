import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Block, ToolCallBlock } from '../../canonical/chat-request.ts';
import { restOf } from '../../canonical/collect-ext.ts';
import type { ReadContext } from '../../canonical/dialect.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { asFields, asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { answerContext, type AnswerContext } from './answer-context.ts';
import { withExt } from './block-ext.ts';
import { readCitation } from './citations.ts';
import { readError } from './provider-errors.ts';
import { readStop } from './stop-reasons.ts';
import { customText } from './tool-input.ts';
import { readUsage, restOfUsage } from './wire-usage.ts';

/** A whole `message`. */
export function readReply(body: Json, context: ReadContext): ChatReply | ProviderError | undefined {
  if (!isJsonFields(body)) return undefined;
  if (body['type'] === 'error' || isJsonFields(body['error'])) return readError(200, JSON.stringify(body));
  const content = listOf(body['content']);
  if (content === undefined) return undefined;
  const answer = answerContext(context);
  const blocks = content.filter(isJsonFields).map((block) => readBlock(block, answer));
  const usage = readUsage(asFields(body['usage']) ?? {});
  const hasCalls = blocks.some(({ type }) => type === 'tool_call');
  return {
    id: asText(body['id']) ?? context.newId('msg_'),
    created: context.created,
    model: asText(body['model']) ?? context.target.model,
    choices: [{ index: 0, blocks, stop: readStop(body, { hasCalls }) }],
    ...(usage !== undefined && { usage }),
    ...replyExt(body),
  };
}

function listOf(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** What a message says that has no canonical place. */
export function replyExt(message: JsonFields): Pick<ChatReply, 'ext'> {
  const usage = restOfUsage(asFields(message['usage']) ?? {});
  const rest = { ...restOf(message, READ), ...(Object.keys(usage).length > 0 && { usage }) };
  return Object.keys(rest).length === 0 ? {} : { ext: { anthropic: rest } };
}

const READ: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'model',
  'content',
  'stop_reason',
  'stop_sequence',
  'usage',
]);

function readBlock(block: JsonFields, answer: AnswerContext): Block {
  switch (asText(block['type']) ?? '') {
    case 'text': {
      const citations = (listOf(block['citations']) ?? []).filter(isJsonFields).map(readCitation);
      return { type: 'text', text: asText(block['text']) ?? '', ...(citations.length > 0 && { citations }) };
    }
    case 'thinking': {
      const value = asText(block['signature']);
      const signed = value !== undefined && ({ signature: { value, dialect: 'anthropic' } } as const);
      return { type: 'reasoning', text: asText(block['thinking']) ?? '', ...signed };
    }
    case 'redacted_thinking':
      return { type: 'reasoning', text: '', redacted: { value: asText(block['data']) ?? '', dialect: 'anthropic' } };
    case 'tool_use':
      return readCall(block, answer);
    default:
      return { type: 'opaque', dialect: 'anthropic', data: block };
  }
}

function readCall(block: JsonFields, { names, custom, answer }: AnswerContext): Block {
  const wire = asText(block['name']) ?? '';
  const input = JSON.stringify(block['input'] ?? {});
  if (wire === answer) return { type: 'text', text: input };
  const name = names.fromWire(wire);
  const call: ToolCallBlock = { type: 'tool_call', id: asText(block['id']) ?? '', name, input, ...callExt(block) };
  return custom.has(name) ? { ...call, custom: true, input: customText(input) } : call;
}

/** Who made the call, where it was not the model itself, and the like. */
export function callExt(block: JsonFields): ReturnType<typeof withExt> {
  const rest = Object.entries(block).filter(([name, value]) => value !== null && !CALL.has(name));
  const members = rest.filter(
    ([name, value]) => name !== 'caller' || !isJsonFields(value) || value['type'] !== 'direct',
  );
  return members.length === 0 ? {} : withExt({ members: Object.fromEntries(members) });
}

const CALL: ReadonlySet<string> = new Set(['type', 'id', 'name', 'input']);
