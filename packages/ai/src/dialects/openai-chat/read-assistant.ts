import type { Block, Citation, ReasoningBlock, Signature, ToolCallBlock } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { openSignature } from '../../canonical/signatures.ts';
import { asCount, asText } from '../../loose-json.ts';
import { fieldsOf, listOf, type Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { readContent, readPart } from './read-content.ts';
import { readDetail } from './reasoning-details.ts';

/** What an assistant said earlier: reasoning, text, refusal, calls, in the order in which Chat can tell them. */
export function readAssistant(message: Members, at: number): Block[] {
  const refusal = message.text('refusal');
  const text = withSignature(readContent(message), message.value('extra_content'));
  const said: Block[] = [
    ...withCitations(text, message.value('annotations')),
    ...(refusal === undefined || refusal === '' ? [] : [{ type: 'refusal', text: refusal } as const]),
    ...readImages(message),
    ...message.each('tool_calls').map(readCall),
    ...readFunctionCall(message, at),
    ...readOwnMembers(message),
  ];
  return interleave(readReasoning(message), said);
}

interface PlacedReasoning {
  readonly block: ReasoningBlock;
  readonly index: number;
}

/** `reasoning_details` say more; of the text alone, SDKs that gather streams keep no more than the last fragment. */
function readReasoning(message: Members): readonly PlacedReasoning[] {
  const text = asText(message.value('reasoning_content')) ?? asText(message.value('reasoning'));
  const seen = new Set<string>();
  const details = (listOf(message.value('reasoning_details')) ?? []).filter((detail): detail is JsonFields => {
    // Clients that append what the stream repeats have the first entries twice.
    const known = seen.size;
    return isJsonFields(detail) && seen.add(JSON.stringify(detail)).size > known;
  });
  if (details.length === 0) return text === undefined ? [] : [{ block: { type: 'reasoning', text }, index: 0 }];
  return details
    .map((detail) => ({ block: readDetail(detail, { sealed: true }), index: asCount(detail['index']) ?? 0 }))
    .filter(({ block }) => block.text !== '' || (block.signature ?? block.redacted) !== undefined);
}

/** Reasoning goes back to its place between the other blocks, as far as entries say it. */
function interleave(reasoning: readonly PlacedReasoning[], said: readonly Block[]): Block[] {
  const blocks: Block[] = [];
  const waiting = said.values();
  for (const { block, index } of reasoning) {
    while (blocks.length < index) {
      const next = waiting.next();
      if (next.done === true) break;
      blocks.push(next.value);
    }
    blocks.push(block);
  }
  return [...blocks, ...waiting];
}

export function readCall(call: Members): ToolCallBlock {
  const own = call.inside('custom');
  const custom = call.value('type') === 'custom' && own !== undefined;
  const definition = (custom ? own : call.inside('function')) ?? call.refuse('function', 'must be an object');
  return {
    type: 'tool_call',
    id: call.name('id'),
    name: definition.name('name'),
    ...(custom
      ? { input: definition.text('input') ?? '', custom }
      : { input: writeArguments(definition.value('arguments')) }),
    ...present({ signature: readThoughtSignature(call.value('extra_content')) }),
  };
}

/** A string by rule; an object from some servers (reference T5); nothing at all for a call without arguments (T6). */
export function writeArguments(value: Json | undefined): string {
  if (typeof value === 'string') return value === '' ? NO_ARGUMENTS : value;
  return value === undefined || value === null ? NO_ARGUMENTS : JSON.stringify(value);
}

export const NO_ARGUMENTS = '{}';

/** Before there were `tool_calls`, a message had one call without an id. */
function readFunctionCall(message: Members, at: number): ToolCallBlock[] {
  const call = message.inside('function_call');
  if (call === undefined) return [];
  const input = writeArguments(call.value('arguments'));
  return [{ type: 'tool_call', id: functionCallId(at), name: call.name('name'), input }];
}

export function functionCallId(at: number): string {
  return `call_function_${at}`;
}

/** Pictures that a model drew, as several vendors show them. */
function readImages(message: Members): Block[] {
  return message.each('images').map(readPart);
}

/** Members that say something to one vendor only: kept for the vendors of this dialect. */
function readOwnMembers(message: Members): Block[] {
  const members = OWN_MEMBERS.flatMap((name) => {
    const value = message.value(name);
    return value === undefined || value === false ? [] : [[name, value] as const];
  });
  return members.length === 0 ? [] : [{ type: 'opaque', dialect: 'openai-chat', data: Object.fromEntries(members) }];
}

/** Sound that is kept at the vendor's, and the marks for an answer that has been begun. */
const OWN_MEMBERS = ['audio', 'prefix', 'partial'] as const;

/**
 * Google's place for its own signatures, in which they stand bare, as its endpoint of this dialect has it: what is not
 * in another issuer's envelope is Gemini's.
 */
export function readThoughtSignature(extra: Json | undefined): Signature | undefined {
  const value = asText(fieldsOf(fieldsOf(extra)?.['google'])?.['thought_signature']);
  if (value === undefined) return undefined;
  return openSignature(value, 'gemini');
}

function withSignature(blocks: Block[], extra: Json | undefined): Block[] {
  const signature = readThoughtSignature(extra);
  const last = blocks.at(-1);
  return signature === undefined || last?.type !== 'text' ? blocks : [...blocks.slice(0, -1), { ...last, signature }];
}

function withCitations(blocks: Block[], annotations: Json | undefined): Block[] {
  const citations = readAnnotations(annotations);
  const first = blocks[0];
  return citations.length === 0 || first?.type !== 'text' ? blocks : [{ ...first, citations }, ...blocks.slice(1)];
}

export function readAnnotations(annotations: Json | undefined): Citation[] {
  return (listOf(annotations) ?? []).flatMap((annotation) => {
    const data = fieldsOf(annotation);
    return data === undefined ? [] : [readAnnotation(data)];
  });
}

export function readAnnotation(data: JsonFields): Citation {
  const cited = fieldsOf(data['url_citation']);
  if (cited === undefined) return { raw: { dialect: 'openai-chat', data } };
  return present({
    url: asText(cited['url']),
    title: asText(cited['title']),
    text: asText(cited['content']),
    start: asCount(cited['start_index']),
    end: asCount(cited['end_index']),
  });
}
