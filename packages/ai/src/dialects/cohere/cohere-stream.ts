import type { ReadContext, StreamReader, WireRecord } from '../../canonical/dialect.ts';
import { parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { asCount, asText } from '../../loose-json.ts';
import { AnswerChoice, callFacts } from '../chat-shaped/answer-choice.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';
import { readCitation } from './citations.ts';
import { readCohereLogprobs } from './cohere-logprobs.ts';
import { readCohereUsage } from './cohere-usage.ts';
import { failureOf, readFinish } from './finish-reason.ts';
import { requestNames } from './request-names.ts';

type Emit = (event: StreamEvent) => void;

/** Events of `/v2/chat`, each of which names its kind in `type`. */
export class CohereStream implements StreamReader {
  readonly #context: ReadContext;
  readonly #choice: AnswerChoice;
  readonly #logprobs: Json[] = [];
  #emit: Emit = ignore;
  #started = false;
  #over = false;

  constructor(context: ReadContext) {
    const facts = callFacts(context, requestNames(context.request));
    this.#context = context;
    this.#choice = new AnswerChoice(0, facts, (event) => this.#emit(event));
  }

  read({ data, raw }: WireRecord, emit: Emit): void {
    if (this.#over || data === '') return;
    const event = fieldsOf(parseExact(data));
    if (event === undefined) return;
    this.#emit = emit;
    const kind = asText(event['type']);
    if (kind === 'error' || (kind === undefined && typeof event['message'] === 'string')) this.#fail(data);
    else this.#take(kind ?? eventName(raw), event);
  }

  /** The body of a stream that has its end ends with it. */
  end(): void {}

  #fail(data: string): void {
    this.#over = true;
    this.#emit({ t: 'error', error: classifyProviderError(200, data) });
  }

  #take(kind: string, event: JsonFields): void {
    if (!this.#started && TELLING.test(kind)) this.#start(event);
    const delta = fieldsOf(event['delta']) ?? {};
    const message = fieldsOf(delta['message']) ?? {};
    switch (kind) {
      case 'content-start':
        this.#choice.stopBlock();
        this.#content(message, event);
        break;
      case 'content-delta':
        this.#content(message, event);
        break;
      case 'tool-plan-delta':
        this.#choice.text(asText(message['tool_plan']) ?? '');
        break;
      case 'tool-call-start':
      case 'tool-call-delta':
        this.#call(message['tool_calls'], event);
        break;
      case 'tool-call-end':
        this.#choice.stopCalls();
        break;
      case 'citation-start':
        this.#cite(message['citations']);
        break;
      case 'message-end':
        this.#end(delta);
        break;
      default:
    }
  }

  #start(event: JsonFields): void {
    const { target, created } = this.#context;
    const id = asText(event['id']) ?? this.#context.newId('chatcmpl-');
    this.#started = true;
    this.#emit({ t: 'start', id, model: target.model, created });
  }

  #content(message: JsonFields, event: JsonFields): void {
    const content = fieldsOf(message['content']);
    this.#choice.thought(asText(content?.['thinking']) ?? '');
    this.#choice.text(asText(content?.['text']) ?? '');
    const { logprobs } = event;
    if (logprobs !== undefined && logprobs !== null) this.#logprobs.push(...(listOf(logprobs) ?? [logprobs]));
  }

  #call(calls: Json | undefined, event: JsonFields): void {
    const index = asCount(event['index']);
    for (const call of listOf(calls) ?? [calls]) {
      const fragment = fieldsOf(call);
      if (fragment !== undefined) this.#choice.call({ ...fragment, ...(index !== undefined && { index }) });
    }
  }

  /** Texts stay open until something else comes, as citations of them may come behind their end. */
  #cite(citations: Json | undefined): void {
    for (const one of listOf(citations) ?? [citations]) {
      if (fieldsOf(one)?.['type'] === 'THINKING_CONTENT' || !this.#choice.saysText) continue;
      for (const citation of readCitation(one)) this.#choice.delta('text', { citation });
    }
  }

  #end(delta: JsonFields): void {
    this.#over = true;
    const usage = readCohereUsage(delta['usage']);
    if (usage !== undefined) this.#emit({ t: 'usage', usage });
    const failure = failureOf(delta['finish_reason'], { error: delta['error'], empty: this.#choice.empty });
    if (failure !== undefined) {
      this.#emit({ t: 'error', error: failure });
      return;
    }
    this.#choice.stop((calls) => readFinish(delta['finish_reason'], calls), readCohereLogprobs(this.#logprobs));
    this.#emit({ t: 'done' });
  }
}

/** SDKs take the event's name where the data does not say its kind. */
function eventName(raw: Buffer): string {
  return /^event:[ \t]*([\w-]{1,40})/m.exec(raw.toString('latin1', 0, 200))?.[1] ?? '';
}

/** Kinds of events that tell the answer. */
const TELLING = /^(?:message|content|tool-plan|tool-call|citation)-(?:start|delta|end)$/;

function ignore(): void {}
