import { createHash } from 'node:crypto';
import { item } from '@gatehouse/kernel';
import { asFields, asList, asText, listFields, type Fields } from '../../loose-json.ts';
import { chooseLine } from './demo-lines.ts';
import type { DemoRequest } from './demo-request.ts';
import { countTokens, splitWords, wordsWithin } from './demo-tokens.ts';

/** What the demo model says, before it is written as one body or as a stream; a function of the messages alone. */
export interface DemoReply {
  readonly id: string;
  /** Seconds since the epoch, made up from the messages so that two runs give the same bytes. */
  readonly created: number;
  readonly words: readonly string[];
  readonly toolCall: DemoToolCall | undefined;
  readonly finishReason: 'stop' | 'length' | 'tool_calls';
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly total_tokens: number };
}

export interface DemoToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export function composeReply(request: DemoRequest): DemoReply {
  const hash = createHash('sha256').update(JSON.stringify(request.messages)).digest();
  const name = hash.toString('hex', 0, 12);
  const said = lastText(request.messages, 'user');
  const toolCall = callTool(request, { id: `call_${name}`, said });
  const all = toolCall === undefined ? splitWords(answer(request.messages, said, hash.readUInt32BE(16))) : [];
  const words = request.tokensMax === undefined ? all : all.slice(0, wordsWithin(request.tokensMax));
  const promptTokens = countTokens(request.messages.map(messageText).join(' '));
  const completionTokens = countTokens(
    toolCall === undefined ? words.join('') : `${toolCall.name} ${toolCall.arguments}`,
  );
  const finished = words.length < all.length ? 'length' : 'stop';
  return {
    id: `chatcmpl-demo-${name}`,
    created: CREATED_FROM + (hash.readUInt32BE(12) % CREATED_SPAN),
    words,
    toolCall,
    finishReason: toolCall === undefined ? finished : 'tool_calls',
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    },
  };
}

/** 1 January 2026, and a year. */
const CREATED_FROM = 1_767_225_600;
const CREATED_SPAN = 31_536_000;
const ECHO_CHARS_MAX = 300;

function answer(messages: readonly Fields[], said: string, chance: number): string {
  const last = messages.at(-1);
  if (last?.['role'] === 'tool') return `The tool answers: "${echo(messageText(last))}". That settles it.`;
  return `${chooseLine(said, chance)} You said: "${echo(said)}"`;
}

function echo(text: string): string {
  return text.length > ECHO_CHARS_MAX ? `${text.slice(0, ECHO_CHARS_MAX).toWellFormed()}…` : text;
}

function lastText(messages: readonly Fields[], role: string): string {
  return messageText(messages.findLast((message) => message['role'] === role) ?? {});
}

function messageText(message: Fields): string {
  const { content } = message;
  if (typeof content === 'string') return content;
  return listFields(content)
    .flatMap((part) => asText(part['text']) ?? [])
    .join(' ');
}

/** Only a choice that forces a tool makes the demo call one: the first, or the one that is named. */
function callTool(
  { tools, toolChoice }: DemoRequest,
  { id, said }: { id: string; said: string },
): DemoToolCall | undefined {
  const named = asText(asFields(asFields(toolChoice)?.['function'])?.['name']);
  if (toolChoice !== 'required' && named === undefined) return undefined;
  const functions = listFields(tools.map((tool) => tool['function']));
  const chosen = functions.find((candidate) => named === undefined || candidate['name'] === named);
  const name = asText(chosen?.['name']);
  if (name === undefined) return undefined;
  return {
    id,
    name,
    arguments: JSON.stringify(sample(asFields(chosen?.['parameters']), said, SAMPLE_DEPTH_MAX) ?? {}),
  };
}

const SAMPLE_DEPTH_MAX = 4;

/** A value that fits the usual JSON Schema of a tool; texts are what the user said. */
function sample(schema: Fields | undefined, said: string, depth: number): unknown {
  if (schema === undefined) return undefined;
  const choices = asList(schema['enum']) ?? [];
  if (choices.length > 0) return item(choices, 0);
  switch (schema['type']) {
    case 'object':
      return depth === 0 ? {} : sampleObject(schema, said, depth - 1);
    case 'array':
      return depth === 0 ? [] : [sample(asFields(schema['items']), said, depth - 1) ?? echo(said)];
    case 'number':
    case 'integer':
      return 42;
    case 'boolean':
      return true;
    default:
      return echo(said);
  }
}

function sampleObject(schema: Fields, said: string, depth: number): unknown {
  const properties = Object.entries(asFields(schema['properties']) ?? {});
  return Object.fromEntries(properties.map(([name, property]) => [name, sample(asFields(property), said, depth)]));
}
