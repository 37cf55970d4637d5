import type { Block, ChatRequest, MediaBlock, Tool } from '../canonical/chat-request.ts';
import { isJsonFields, type Json } from '../canonical/json.ts';
import { TextMeter } from './text-tokens.ts';

/**
 * About how many tokens a call's input has; leans upwards like `textTokens`, and counts at least one. What the vendor
 * keeps itself, such as an earlier response or a file, is not to be seen here: a usual size stands for it.
 */
export function estimateTokens(request: ChatRequest): number {
  return Math.max(1, measured(request).tokens);
}

/** On the whole: no tokenizer has words of more characters. */
const TOKEN_CHARS_MAX = 6;

/**
 * What a call has at the very least, by any tokenizer: to be compared with what a model takes, where a call that is
 * refused wrongly is worse than one that its vendor refuses. Only what is surely read as text counts, as media, proofs
 * and earlier reasoning are not.
 */
export function leastTokens(request: ChatRequest): number {
  const turns = request.turns.map((turn) => ({ ...turn, blocks: turn.blocks.flatMap(textOf) }));
  const { tokens, chars } = measured({ ...request, turns }, new LeastMeter());
  return Math.floor(Math.min(tokens / 2, chars / TOKEN_CHARS_MAX));
}

/** Of rules, blanks and blank lines tokenizers have words much longer than any other. */
class LeastMeter extends TextMeter {
  override add(text: string): void {
    super.add(text.replace(LONG_RUN, '$1'));
  }
}

/** Without a bound, a run of megabytes would be too much for whoever looks for it. */
const LONG_RUN = /(.)\1{7}/gs;

function textOf(block: Block): readonly Block[] {
  switch (block.type) {
    case 'text':
    case 'refusal':
    case 'tool_call':
      return [block];
    case 'tool_result':
      return [{ ...block, content: block.content.filter(({ type }) => type === 'text') }];
    case 'media':
    case 'reasoning':
    case 'opaque':
      break;
  }
  return [];
}

function measured({ instructions, turns, tools, output }: ChatRequest, meter = new TextMeter()): TextMeter {
  for (const { text } of instructions) addText(meter, text);
  for (const { blocks, name } of turns) {
    addText(meter, name ?? '');
    for (const block of blocks) addBlock(meter, block);
  }
  for (const tool of tools) addTool(meter, tool);
  if (tools.length > 0) meter.addTokens(TOOLS_TOKENS);
  if (output.format?.kind === 'schema') addJson(meter, output.format.schema);
  return meter;
}

/** Of an answer whose usage nobody reported. A stream is counted with a `TextMeter` as it passes. */
export function estimateOutputTokens(blocks: readonly Block[]): number {
  const meter = new TextMeter();
  for (const block of blocks) addBlock(meter, block);
  return meter.tokens;
}

/** Around every piece of a conversation: who speaks, where it ends. */
const PIECE_TOKENS = 4;
/** What vendors tell their models about how to call tools, once. */
const TOOLS_TOKENS = 500;
/** Around the members of an object or a list: quotes, colon, comma. */
const MEMBER_TOKENS = 1.5;

function addText(meter: TextMeter, text: string): void {
  if (text === '') return;
  meter.add(text);
  meter.addTokens(PIECE_TOKENS);
}

function addTool(meter: TextMeter, { name, description, schema, grammar, hosted }: Tool): void {
  addText(meter, name);
  addText(meter, description ?? '');
  for (const part of [schema, grammar, hosted?.definition]) if (part !== undefined) addJson(meter, part);
}

function addBlock(meter: TextMeter, block: Block): void {
  switch (block.type) {
    case 'text':
    case 'refusal':
      addText(meter, block.text);
      break;
    case 'reasoning':
      addText(meter, block.text);
      addText(meter, block.redacted?.value ?? '');
      break;
    case 'tool_call':
      addText(meter, block.name);
      addText(meter, block.input);
      break;
    case 'tool_result':
      meter.addTokens(PIECE_TOKENS);
      for (const part of block.content) addBlock(meter, part);
      break;
    case 'media':
      addMedia(meter, block);
      break;
    case 'opaque':
      addJson(meter, block.data);
      break;
  }
}

/** Without recursion, since a stranger says how deep it goes. */
function addJson(meter: TextMeter, json: Json): void {
  const left: Json[] = [json];
  for (let value = left.pop(); value !== undefined; value = left.pop()) {
    meter.addTokens(MEMBER_TOKENS);
    if (typeof value === 'string') meter.add(value);
    else if (typeof value === 'number') meter.add(String(value));
    else if (isJsonFields(value)) {
      for (const [name, member] of Object.entries(value)) {
        meter.add(name);
        left.push(member);
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const element of value) left.push(element);
    }
  }
}

interface MediaSize {
  /** For what is only pointed at. */
  readonly usual: number;
  /** Base64 characters that a token is read from, at the densest that is usual. */
  readonly charsPerToken: number;
  readonly max: number;
}

/**
 * An image counts by its measures, of which a large one has 1 to 2.5 thousand tokens with most vendors; a page of PDF
 * counts as text and as an image; audio has up to 32 tokens a second, video 300.
 */
const MEDIA: Readonly<Record<MediaBlock['kind'], MediaSize>> = {
  image: { usual: 2500, charsPerToken: 8, max: 2500 },
  document: { usual: 20_000, charsPerToken: 16, max: 200_000 },
  audio: { usual: 10_000, charsPerToken: 160, max: 1_000_000 },
  video: { usual: 20_000, charsPerToken: 160, max: 1_000_000 },
};
const SMALL_IMAGE_TOKENS = 300;

function addMedia(meter: TextMeter, { kind, source, detail, title, context }: MediaBlock): void {
  addText(meter, title ?? '');
  addText(meter, context ?? '');
  const { usual, charsPerToken, max } = MEDIA[kind];
  if (source.via === 'text') addText(meter, source.text);
  else if (kind === 'image' && detail === 'low') meter.addTokens(SMALL_IMAGE_TOKENS);
  else if (source.via === 'base64')
    meter.addTokens(Math.min(max, SMALL_IMAGE_TOKENS + source.data.length / charsPerToken));
  else meter.addTokens(usual);
}
