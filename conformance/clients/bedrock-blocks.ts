import type {
  ContentBlock,
  ContentBlockDelta,
  ConverseStreamOutput,
  TokenUsage,
  ToolUseBlockStart,
} from '@aws-sdk/client-bedrock-runtime';

interface Open {
  readonly toolUse: ToolUseBlockStart | undefined;
  text: string;
  input: string;
  thought: string;
  signature: string | undefined;
  redacted: Uint8Array | undefined;
}

/** AWS's SDK hands out the events of a stream; callers put them together, as its documentation shows. */
export class BedrockBlocks {
  readonly #blocks: Open[] = [];
  readonly #done = new Set<number>();
  stop: string | undefined;
  usage: TokenUsage | undefined;

  add(event: ConverseStreamOutput): void {
    const { contentBlockStart: start, contentBlockDelta: piece, contentBlockStop: stop } = event;
    if (start !== undefined) this.#open(start.contentBlockIndex ?? -1, start.start?.toolUse);
    if (piece?.delta !== undefined) this.#write(piece.contentBlockIndex ?? -1, piece.delta);
    if (stop !== undefined) this.#done.add(stop.contentBlockIndex ?? -1);
    if (event.messageStop !== undefined) this.stop = event.messageStop.stopReason;
    if (event.metadata !== undefined) this.usage = event.metadata.usage;
  }

  content(): ContentBlock[] {
    if (this.stop === undefined) throw new Error('the stream ended before messageStop');
    if (this.#done.size !== this.#blocks.length) throw new Error('a block was not stopped');
    return this.#blocks.map((block) => finished(block));
  }

  #open(index: number, toolUse: ToolUseBlockStart | undefined): void {
    if (index !== this.#blocks.length) throw new Error(`block ${index} came as number ${this.#blocks.length}`);
    this.#blocks.push({ toolUse, text: '', input: '', thought: '', signature: undefined, redacted: undefined });
  }

  #write(index: number, delta: ContentBlockDelta): void {
    if (index === this.#blocks.length) this.#open(index, undefined);
    const block = this.#blocks[index];
    if (block === undefined || this.#done.has(index)) throw new Error(`a delta for block ${index}, which is not open`);
    block.text += delta.text ?? '';
    block.input += delta.toolUse?.input ?? '';
    block.thought += delta.reasoningContent?.text ?? '';
    block.signature = delta.reasoningContent?.signature ?? block.signature;
    block.redacted = delta.reasoningContent?.redactedContent ?? block.redacted;
  }
}

function finished({ toolUse, text, input, thought, signature, redacted }: Open): ContentBlock {
  if (toolUse !== undefined) {
    const { toolUseId, name } = toolUse;
    return { toolUse: { toolUseId, name, input: JSON.parse(input === '' ? '{}' : input) } };
  }
  if (redacted !== undefined) return { reasoningContent: { redactedContent: redacted } };
  if (thought !== '' || signature !== undefined) {
    return { reasoningContent: { reasoningText: { text: thought, ...(signature !== undefined && { signature }) } } };
  }
  return { text };
}
