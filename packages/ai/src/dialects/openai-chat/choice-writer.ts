import type { Stop } from '../../canonical/chat-reply.ts';
import type { Citation, ReasoningBlock, Signature } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import type { CallSeries } from './call-series.ts';
import type { ChunkWriter } from './chunk-writer.ts';
import { writeFinish } from './finish-reason.ts';
import { writeDetail } from './reasoning-details.ts';
import { present } from '../chat-shaped/present.ts';
import { writeAnnotations } from './write-annotations.ts';
import { extraContent } from './write-call.ts';

type ReasoningOpen = Extract<OpenBlock, { readonly type: 'reasoning' }>;

/** Members of the message that are shown whole: pictures, sound, what only this dialect knows. */
export type ShowBlock = (block: Extract<OpenBlock, { readonly type: 'media' | 'opaque' }>) => JsonFields;

/** One choice of a streamed answer as chunks. The first has the role, without which official SDKs refuse the answer. */
export class ChoiceWriter {
  readonly #choice: number;
  readonly #chunks: ChunkWriter;
  readonly #calls: CallSeries;
  readonly #show: ShowBlock;
  readonly #legacy: boolean;
  readonly #hidesReasoning: boolean;
  #roleSent = false;
  /** The open block that is no call; one at most. */
  #open: OpenBlock | undefined;
  #thought = '';
  #signature: Signature | undefined;
  readonly #details: JsonFields[] = [];
  #detailsDue = false;
  readonly #images: Json[] = [];
  readonly #citations: Citation[] = [];
  #chars = 0;
  #refused = false;

  constructor(choice: number, parts: ChoiceParts) {
    this.#choice = choice;
    this.#chunks = parts.chunks;
    this.#calls = parts.calls;
    this.#show = parts.show;
    this.#legacy = parts.legacy;
    this.#hidesReasoning = parts.hidesReasoning;
  }

  block(index: number, block: OpenBlock): string {
    const role = this.#role(block.type === 'text' ? '""' : 'null');
    if (block.type === 'tool_call') return role + this.#deltas(this.#calls.open(index, block));
    this.#open = block;
    this.#thought = '';
    this.#signature = undefined;
    if (block.type === 'refusal') this.#refused = true;
    if (block.type !== 'media' && block.type !== 'opaque') return role;
    return role + this.#shown(this.#show(block));
  }

  delta(index: number, delta: Delta): string {
    if ('input' in delta) return this.#deltas(this.#calls.input(index, delta.input));
    if ('citation' in delta) {
      this.#citations.push(delta.citation);
      return '';
    }
    if ('signature' in delta) return this.#sign(index, delta.signature);
    return this.#say(delta.text);
  }

  blockStop(index: number): string {
    if (this.#calls.has(index)) return this.#deltas(this.#calls.stop(index));
    const open = this.#open;
    this.#open = undefined;
    return open?.type === 'reasoning' && !this.#hidesReasoning ? this.#detail(open, index) : '';
  }

  stop(stop: Stop, logprobs: Json | undefined): string {
    const role = this.#role('null');
    const told = stop.reason === 'refusal' && !this.#refused && stop.detail !== undefined;
    const refusal = told ? this.#delta(`{"refusal":${JSON.stringify(stop.detail)}}`) : '';
    const annotations = writeAnnotations(this.#citations, this.#chars);
    const late = {
      ...(this.#detailsDue && { reasoning_details: this.#details }),
      ...(annotations.length > 0 && { annotations }),
      ...(this.#images.length > 0 && { images: this.#images }),
    };
    const gathered = Object.keys(late).length > 0 ? this.#delta(JSON.stringify(late)) : '';
    const finish = writeFinish(stop, { told: told || this.#refused, legacy: this.#legacy });
    return role + refusal + gathered + this.#chunks.finish(this.#choice, finish, logprobs);
  }

  #role(content: '""' | 'null'): string {
    if (this.#roleSent) return '';
    this.#roleSent = true;
    return this.#delta(`{"role":"assistant","content":${content},"refusal":null}`);
  }

  #say(text: string): string {
    const kind = this.#open?.type;
    if (kind === 'text') this.#chars += text.length;
    else if (kind === 'reasoning') this.#thought += text;
    else if (kind !== 'refusal') return '';
    if (kind === 'reasoning' && this.#hidesReasoning) return '';
    return this.#delta(`{"${MEMBERS[kind]}":${JSON.stringify(text)}}`);
  }

  #sign(index: number, signature: Signature): string {
    if (this.#calls.has(index)) return this.#deltas(this.#calls.sign(index, signature));
    if (this.#open?.type === 'text') return this.#delta(JSON.stringify(extraContent(signature)));
    this.#signature = signature;
    return '';
  }

  /** All entries so far: what gathers a stream keeps of a member that it does not know the last value only. */
  #detail(open: ReasoningOpen, index: number): string {
    const block: ReasoningBlock = { ...open, text: this.#thought, ...present({ signature: this.#signature }) };
    this.#details.push(writeDetail(block, index));
    this.#detailsDue = this.#details.length > REPEATED_MAX;
    return this.#detailsDue ? '' : this.#delta(JSON.stringify({ reasoning_details: this.#details }));
  }

  /** Pictures are large, and are shown together in the end. */
  #shown({ images, ...members }: JsonFields): string {
    if (Array.isArray(images)) for (const image of images) this.#images.push(image);
    return Object.keys(members).length === 0 ? '' : this.#delta(JSON.stringify(members));
  }

  #deltas(calls: readonly string[]): string {
    return calls.map((call) => this.#delta(call)).join('');
  }

  #delta(delta: string): string {
    return this.#chunks.delta(this.#choice, delta);
  }
}

/** With more blocks than this, all entries come once, in front of the finish. */
const REPEATED_MAX = 32;

const MEMBERS = { text: 'content', refusal: 'refusal', reasoning: 'reasoning_content' } as const;

export interface ChoiceParts {
  readonly chunks: ChunkWriter;
  readonly calls: CallSeries;
  readonly show: ShowBlock;
  readonly legacy: boolean;
  readonly hidesReasoning: boolean;
}
