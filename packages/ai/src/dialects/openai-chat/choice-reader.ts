import type { Citation } from '../../canonical/chat-request.ts';
import type { Stop } from '../../canonical/chat-reply.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import type { BlockSink } from './block-sink.ts';
import { readFinish } from './finish-reason.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';
import { readAnnotations, readThoughtSignature } from './read-assistant.ts';
import { SoundReader } from './sound-reader.ts';
import { SpeechReader, type SpeechKind } from './speech-reader.ts';
import { ThinkSplitter } from './think-splitter.ts';
import { ToolCallReader, type CallFacts } from './tool-call-reader.ts';
import { readShown } from './read-shown.ts';

/**
 * One choice of an answer, from the deltas of a stream or from the whole message. It is stopped only when the stream
 * has ended: some servers finish first and say more.
 */
export class ChoiceReader {
  readonly #sink: BlockSink;
  readonly #speech: SpeechReader;
  readonly #calls: ToolCallReader;
  readonly #sound = new SoundReader();
  readonly #think: ThinkSplitter | undefined;
  /** What was said while the arguments of a call were still coming. */
  readonly #held: (readonly [SpeechKind, string])[] = [];
  /** Reasoning has come as plain strings, so that entries which repeat it bring no text. */
  #reasonsPlainly = false;
  readonly #seenDetails = new Set<string>();

  constructor(sink: BlockSink, tools: CallFacts & { readonly thinkTags: boolean }) {
    this.#sink = sink;
    this.#speech = new SpeechReader(sink);
    this.#calls = new ToolCallReader(sink, tools);
    this.#think = tools.thinkTags ? new ThinkSplitter((kind, text) => this.#say(kind, text)) : undefined;
  }

  /** `whole`: it is the message itself, whose parts do not come in fragments. */
  read(delta: JsonFields, { whole }: { readonly whole: boolean }): void {
    this.#readReasoning(delta, whole);
    this.#readContent(delta['content']);
    const refusal = asText(delta['refusal']);
    if (refusal !== undefined) this.#say('refusal', refusal);
    for (const citation of readAnnotations(delta['annotations'])) this.#speech.cite(citation);
    const signature = readThoughtSignature(delta['extra_content']);
    if (signature !== undefined) this.#speech.signText(signature);
    for (const picture of listOf(delta['images']) ?? []) this.#show(picture);
    this.#readCalls(delta);
    this.#sound.read(fieldsOf(delta['audio']));
  }

  /** `sources`: what the answer as a whole is said to come from. */
  stop(raw: string | undefined, met: string | undefined, sources: readonly Citation[]): Stop {
    this.#think?.end();
    for (const citation of sources) this.#speech.cite(citation);
    this.#speech.stop();
    this.#calls.stopAll();
    for (const [kind, text] of this.#held) this.#speech.say(kind, text);
    this.#speech.stop();
    const sound = this.#sound.block();
    if (sound !== undefined) this.#sink.whole(sound);
    const { count, malformed } = this.#calls;
    if (malformed && count === 0) return { reason: 'malformed_tool_call', ...(raw !== undefined && { raw }) };
    return readFinish(raw, met, { calls: count > 0, refusal: this.#speech.refused });
  }

  #say(kind: SpeechKind, text: string): void {
    if (this.#held.length > 0 || !this.#calls.stopComplete()) this.#held.push([kind, text]);
    else this.#speech.say(kind, text);
  }

  /** Entries say more than strings; where both come in one delta they say the same. */
  #readReasoning(delta: JsonFields, whole: boolean): void {
    const entries = listOf(delta['reasoning_details']);
    const details = (entries ?? []).map((entry) => fieldsOf(entry)).filter((entry) => entry !== undefined);
    const detailed = details.some((detail) => textOf(detail) !== undefined);
    const said = asText(delta['reasoning_content']) ?? asText(delta['reasoning']);
    if (said !== undefined && !detailed) {
      this.#reasonsPlainly = true;
      this.#say('reasoning', said);
    }
    for (const detail of details) this.#readDetail(detail, whole || !this.#reasonsPlainly);
  }

  #readDetail(detail: JsonFields, saysText: boolean): void {
    const proof = asText(detail['data']) ?? asText(detail['signature']);
    // A stream may repeat all entries at the end of each block.
    if (proof !== undefined && this.#seenDetails.has(proof)) return;
    if (proof !== undefined) this.#seenDetails.add(proof);
    const text = saysText ? textOf(detail) : undefined;
    if (asText(detail['data']) !== undefined && text === undefined) {
      this.#speech.encrypted(detail);
      return;
    }
    if (text !== undefined) {
      this.#speech.enter(detail);
      this.#say('reasoning', text);
    }
    this.#speech.tell(detail);
  }

  #readContent(content: Json | undefined): void {
    if (typeof content === 'string') {
      if (content === '') return;
      if (this.#think === undefined) this.#say('text', content);
      else this.#think.push(content);
    } else for (const part of listOf(content) ?? []) this.#show(part);
  }

  /** Content in parts, as some vendors have it. */
  #show(part: Json): void {
    for (const shown of readShown(part)) {
      if (shown.type === 'media') {
        this.#speech.stop();
        this.#sink.whole(shown);
      } else if (shown.text !== '') this.#say(shown.type, shown.text);
    }
  }

  #readCalls(delta: JsonFields): void {
    const calls = listOf(delta['tool_calls']) ?? [];
    const legacy = fieldsOf(delta['function_call']);
    if (calls.length === 0 && legacy === undefined) return;
    this.#speech.stop();
    for (const call of calls) {
      const fragment = fieldsOf(call);
      if (fragment !== undefined) this.#calls.read(fragment);
    }
    if (legacy !== undefined) this.#calls.read({ function: legacy });
  }
}

function textOf(detail: JsonFields): string | undefined {
  return asText(detail['text']) ?? asText(detail['summary']);
}
