import type { Citation, MediaBlock } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock, StreamEvent } from '../../canonical/stream-event.ts';
import { CallReader, type CallContext } from './call-reader.ts';
import { isList } from './camel-fields.ts';
import { readFinish } from './finish-reason.ts';
import { readLogprobs } from './logprobs-result.ts';
import { withNatives } from './natives.ts';
import { readCitations } from './read-citations.ts';

/**
 * One candidate, chunk by chunk, as blocks. Text and thoughts of chunks go on in one block until something else comes;
 * a part with a signature is a block of its own, because the signature holds for that part (reference T20).
 */
export class CandidateReader {
  readonly #choice: number;
  readonly #emit: (event: StreamEvent) => void;
  readonly #calls: CallReader;
  #blocks = 0;
  #open: 'text' | 'reasoning' | undefined;
  #said = '';
  #finishReason: string | undefined;
  #finishMessage: string | undefined;
  /** Not yet told, and all that were. */
  #citations: Citation[] = [];
  readonly #cited = new Set<string>();
  readonly #logprobs: JsonFields[] = [];
  readonly #natives = new Map<string, Json>();

  constructor(choice: number, context: () => CallContext, emit: (event: StreamEvent) => void) {
    this.#choice = choice;
    this.#emit = emit;
    this.#calls = new CallReader(context, {
      begin: (block) => {
        this.#close();
        return this.#begin(block);
      },
      delta: (index, delta) => this.#delta(index, delta),
      end: (index) => this.#end(index),
    });
  }

  get finished(): boolean {
    return this.#finishReason !== undefined;
  }

  /** Some models say that they have finished with every chunk: nothing is finished before the body ends. */
  read(candidate: JsonFields): void {
    for (const name in candidate) if (!PLAIN_MEMBERS.has(name)) this.#readMember(name, candidate[name]);
    const content = candidate['content'];
    const parts = isJsonFields(content) ? content['parts'] : undefined;
    if (isList(parts)) for (const part of parts) if (isJsonFields(part)) this.#readPart(part);
    const { finishReason } = candidate;
    if (typeof finishReason === 'string' && finishReason !== '') this.#finishReason = finishReason;
    if (this.#natives.size > 0) this.#cite(candidate);
  }

  /** The prompt itself was refused. */
  block(reason: string, message: string | undefined): void {
    this.#finishReason = reason;
    this.#finishMessage = message;
    this.stop({ blocked: true });
  }

  stop({ blocked }: { readonly blocked: boolean } = { blocked: false }): void {
    this.#calls.finish();
    if (this.#citations.length > 0 && this.#open !== 'text') this.#beginRun('text');
    this.#close();
    this.#tellNatives();
    const stop = readFinish(this.#finishReason, { called: this.#calls.called, detail: this.#finishMessage });
    this.#emit({
      t: 'stop',
      choice: this.#choice,
      stop: blocked ? { ...stop, reason: 'content_filter' } : stop,
      ...(this.#logprobs.length > 0 && { logprobs: { content: this.#logprobs } }),
    });
  }

  #readPart(part: JsonFields): void {
    const { text, functionCall, thoughtSignature } = part;
    const signature = typeof thoughtSignature === 'string' && thoughtSignature !== '' ? thoughtSignature : undefined;
    if (isJsonFields(functionCall)) this.#calls.read(functionCall, signature);
    else if (typeof text === 'string') this.#readText(text, part['thought'] === true, signature);
    else this.#readOther(part);
  }

  #readText(text: string, thought: boolean, signature: string | undefined): void {
    const type = thought ? 'reasoning' : 'text';
    if (signature === undefined) {
      if (text === '') return;
      if (this.#open !== type) this.#beginRun(type);
      this.#delta(this.#blocks - 1, { text });
    } else {
      const index = this.#beginRun(type);
      // In front of the text, so that a writer can send both in one part.
      this.#delta(index, { signature: { value: signature, dialect: 'gemini' } });
      if (text !== '') this.#delta(index, { text });
    }
    if (!thought) this.#said += text;
    if (signature !== undefined) this.#close();
  }

  /** Pictures and sound, and what only Google and its own callers know. */
  #readOther(part: JsonFields): void {
    if (Object.keys(part).length === 0) return;
    this.#close();
    this.#end(this.#begin(readReplyMedia(part) ?? { type: 'opaque', dialect: 'gemini', data: part }));
  }

  #readMember(name: string, value: Json | undefined): void {
    if (value === undefined || value === null) return;
    if (name === 'logprobsResult') this.#logprobs.push(...readLogprobs(value));
    else if (name === 'finishMessage') this.#finishMessage = typeof value === 'string' ? value : undefined;
    else this.#natives.set(name, value);
  }

  #cite(candidate: JsonFields): void {
    for (const citation of readCitations(candidate, this.#said)) {
      const key = JSON.stringify([citation.url, citation.start, citation.end, citation.text]);
      if (!this.#cited.has(key)) this.#citations.push(citation);
      this.#cited.add(key);
    }
    if (this.#open === 'text') this.#tellCitations();
  }

  #tellCitations(): void {
    for (const citation of this.#citations) this.#delta(this.#blocks - 1, { citation });
    this.#citations = [];
  }

  /** What the candidate says of itself beside its content, for callers of the same dialect. */
  #tellNatives(): void {
    if (this.#natives.size === 0) return;
    const data = { candidate: Object.fromEntries(this.#natives) };
    this.#end(this.#begin({ type: 'opaque', dialect: 'gemini', data }));
  }

  #beginRun(type: 'text' | 'reasoning'): number {
    this.#close();
    this.#open = type;
    return this.#begin({ type });
  }

  #close(): void {
    if (this.#open === undefined) return;
    if (this.#open === 'text') this.#tellCitations();
    this.#open = undefined;
    this.#end(this.#blocks - 1);
  }

  #begin(block: OpenBlock): number {
    const index = this.#blocks++;
    this.#emit({ t: 'block', choice: this.#choice, index, block });
    return index;
  }

  #delta(index: number, delta: Delta): void {
    this.#emit({ t: 'delta', choice: this.#choice, index, delta });
  }

  #end(index: number): void {
    this.#emit({ t: 'block_stop', choice: this.#choice, index });
  }
}

/** Known, and read elsewhere or without meaning. */
const PLAIN_MEMBERS: ReadonlySet<string> = new Set(['content', 'finishReason', 'index', 'tokenCount', 'avgLogprobs']);

/** Undefined for what is no finished picture or sound: a pictured thought must not be shown as one. */
function readReplyMedia(part: JsonFields): MediaBlock | undefined {
  const { inlineData: data, thought } = part;
  if (!isJsonFields(data) || thought === true) return undefined;
  const { mimeType, data: base64 } = data;
  const [family] = typeof mimeType === 'string' ? mimeType.toLowerCase().split('/', 1) : [];
  if (typeof mimeType !== 'string' || typeof base64 !== 'string') return undefined;
  const natives = Object.entries(part).filter(([name]) => name !== 'inlineData');
  return {
    type: 'media',
    kind: family === 'image' || family === 'audio' || family === 'video' ? family : 'document',
    mime: mimeType.toLowerCase(),
    source: { via: 'base64', data: base64 },
    ...withNatives(natives.length === 0 ? undefined : Object.fromEntries(natives)),
  };
}
