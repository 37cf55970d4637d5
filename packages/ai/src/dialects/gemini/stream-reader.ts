import { restOf } from '../../canonical/collect-ext.ts';
import type { ReadContext, StreamReader, WireRecord } from '../../canonical/dialect.ts';
import { isJsonFields, parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { CandidateReader } from './candidate-reader.ts';
import { callContext, type CallContext } from './call-reader.ts';
import { isList } from './camel-fields.ts';
import { readGeminiError } from './read-error.ts';
import { readUsage } from './usage-metadata.ts';

type Emit = (event: StreamEvent) => void;

/**
 * Chunks of an answer as canonical events. Nothing ends the stream but the end of the body: it counts as complete when
 * all candidates have said why they finished.
 */
export class GeminiStreamReader implements StreamReader {
  readonly #context: ReadContext;
  readonly #candidates = new Map<number, CandidateReader>();
  readonly #calls: () => CallContext;
  #started = false;
  /** After an error, or a prompt that was refused. */
  #over: 'error' | 'blocked' | undefined;
  #emit: Emit = () => {};

  constructor(context: ReadContext) {
    this.#context = context;
    let calls: CallContext | undefined;
    this.#calls = () => (calls ??= callContext(context));
  }

  read(record: WireRecord, emit: Emit): void {
    // The rest of a body that broke off is no JSON.
    if (record.data !== '') this.readJson(parseExact(record.data), emit);
  }

  readJson(json: Json | undefined, emit: Emit): void {
    // Errors of the framing without SSE come in a list.
    const chunk = isList(json) ? json[0] : json;
    if (!isJsonFields(chunk) || this.#over !== undefined) return;
    this.#emit = emit;
    if (isJsonFields(chunk['error'])) this.#fail(chunk);
    else if (isAnswer(chunk)) this.#readChunk(chunk);
  }

  end(emit: Emit): void {
    if (this.#over === 'error' || !this.#started) return;
    this.#emit = emit;
    const candidates = [...this.#candidates.values()];
    if (this.#over === undefined) {
      if (candidates.length === 0 || candidates.some(({ finished }) => !finished)) return;
      for (const candidate of candidates) candidate.stop();
    }
    emit({ t: 'done' });
  }

  #fail(chunk: JsonFields): void {
    this.#over = 'error';
    this.#emit({ t: 'error', error: readGeminiError(200, JSON.stringify(chunk)) });
  }

  #readChunk(chunk: JsonFields): void {
    if (!this.#started) this.#start(chunk);
    const usage = readUsage(chunk['usageMetadata']);
    if (usage !== undefined) this.#emit({ t: 'usage', usage });
    const { candidates, promptFeedback } = chunk;
    if (isList(candidates)) {
      for (let at = 0; at < candidates.length; at++) {
        const candidate = candidates[at];
        if (isJsonFields(candidate)) this.#candidate(candidate['index'], at).read(candidate);
      }
    }
    if (isJsonFields(promptFeedback)) this.#readFeedback(promptFeedback);
  }

  #start(chunk: JsonFields): void {
    this.#started = true;
    const { responseId, modelVersion, createTime } = chunk;
    const rest = restOf(chunk, CHUNK_MEMBERS);
    this.#emit({
      t: 'start',
      id: nonEmpty(responseId) ?? this.#context.newId('gen_'),
      model: nonEmpty(modelVersion) ?? this.#context.target.model,
      created: secondsOf(createTime) ?? this.#context.created,
      ...(rest !== undefined && { ext: { gemini: rest } }),
    });
  }

  #candidate(said: Json | undefined, at: number): CandidateReader {
    const index = typeof said === 'number' && Number.isSafeInteger(said) && said >= 0 ? said : at;
    const known = this.#candidates.get(index);
    if (known !== undefined) return known;
    const made = new CandidateReader(index, this.#calls, (event) => this.#emit(event));
    this.#candidates.set(index, made);
    return made;
  }

  /** A prompt that was refused has no candidates at all. */
  #readFeedback({ blockReason, blockReasonMessage }: JsonFields): void {
    if (this.#candidates.size > 0 || typeof blockReason !== 'string' || blockReason === '') return;
    if (blockReason === 'BLOCK_REASON_UNSPECIFIED' || blockReason === 'BLOCKED_REASON_UNSPECIFIED') return;
    this.#candidate(0, 0).block(blockReason, nonEmpty(blockReasonMessage));
    this.#over = 'blocked';
  }
}

const CHUNK_MEMBERS: ReadonlySet<string> = new Set(['candidates', 'usageMetadata', 'modelVersion', 'responseId']);

function isAnswer(chunk: JsonFields): boolean {
  return isList(chunk['candidates']) || isJsonFields(chunk['promptFeedback']) || isJsonFields(chunk['usageMetadata']);
}

function nonEmpty(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function secondsOf(time: Json | undefined): number | undefined {
  const ms = typeof time === 'string' && time.length < 64 ? Date.parse(time) : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}
