import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { ReadContext, StreamReader, WireRecord } from '../../canonical/dialect.ts';
import { StreamFold } from '../../canonical/fold-stream.ts';
import { parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { asCount, asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import type { Usage } from '../../usage.ts';
import { AnswerChoice, callFacts } from '../chat-shaped/answer-choice.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';
import { classifyProviderError } from '../openai-chat/provider-errors.ts';
import { readFinish } from './finish-reason.ts';
import { readOllamaLogprobs } from './ollama-logprobs.ts';
import { plainNames } from './plain-names.ts';

type Emit = (event: StreamEvent) => void;

/** Lines of `/api/chat`; the one that is `done` is the last, and a whole reply is such a line. */
export class OllamaStream implements StreamReader {
  readonly #context: ReadContext;
  readonly #choice: AnswerChoice;
  readonly #logprobs: Json[] = [];
  readonly #ids = new Set<string>();
  #emit: Emit = ignore;
  #started = false;
  #over = false;

  constructor(context: ReadContext) {
    const facts = callFacts(context, plainNames);
    this.#context = context;
    this.#choice = new AnswerChoice(0, facts, (event) => this.#emit(event));
  }

  read({ data }: WireRecord, emit: Emit): void {
    if (this.#over || data === '') return;
    const line = fieldsOf(parseExact(data));
    if (line === undefined) return;
    if (line['error']) {
      this.#over = true;
      emit({ t: 'error', error: classifyProviderError(200, data) });
    } else this.take(line, emit);
  }

  take(line: JsonFields, emit: Emit): void {
    this.#emit = emit;
    if (!this.#started) this.#start(line);
    const message = fieldsOf(line['message']);
    this.#choice.thought(asText(message?.['thinking']) ?? '');
    this.#choice.text(asText(message?.['content']) ?? '');
    for (const call of listOf(message?.['tool_calls']) ?? []) this.#call(fieldsOf(call));
    this.#logprobs.push(...(listOf(line['logprobs']) ?? []));
    if (line['done'] === true) this.#finish(line);
  }

  /** Without the line that says so, a stream has no end. */
  end(): void {}

  #start({ model, created_at: at }: JsonFields): void {
    const { target, created } = this.#context;
    const seconds = Math.floor(Date.parse(asText(at) ?? '') / 1000);
    this.#started = true;
    this.#emit({
      t: 'start',
      id: this.#context.newId('chatcmpl-'),
      model: asText(model) ?? target.model,
      created: Number.isFinite(seconds) && seconds > 0 ? seconds : created,
    });
  }

  /** Calls come whole, and their numbers are not to be relied on (reference T2): each is one of its own. */
  #call(call: JsonFields | undefined): void {
    const body = fieldsOf(call?.['function']);
    if (body === undefined) return;
    const id = asText(call?.['id']);
    const known = id === undefined || this.#ids.has(id);
    if (id !== undefined) this.#ids.add(id);
    this.#choice.call({ ...(!known && { id }), function: { ...body, arguments: body['arguments'] ?? {} } });
    this.#choice.stopCalls();
  }

  #finish(line: JsonFields): void {
    this.#over = true;
    this.#choice.stop((calls) => readFinish(line['done_reason'], calls), readOllamaLogprobs(this.#logprobs));
    const usage = readUsage(line);
    if (usage !== undefined) this.#emit({ t: 'usage', usage });
    this.#emit({ t: 'done' });
  }
}

/** A count of nothing is left out. */
function readUsage(line: JsonFields): Usage | undefined {
  const input = asCount(line['prompt_eval_count']);
  const output = asCount(line['eval_count']);
  if (input === undefined && output === undefined) return undefined;
  return { inputUncached: input ?? 0, outputText: output ?? 0 };
}

function ignore(): void {}

export function readOllamaReply(body: Json, context: ReadContext): ChatReply | ProviderError | undefined {
  const reply = fieldsOf(body);
  if (reply === undefined) return undefined;
  if (reply['error']) return classifyProviderError(200, JSON.stringify(reply));
  if (fieldsOf(reply['message']) === undefined || reply['done'] === false) return undefined;
  const fold = new StreamFold();
  new OllamaStream(context).take({ ...reply, done: true }, (event) => fold.add(event));
  return fold.end();
}
