import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { ReadContext, StreamReader, WireRecord } from '../../canonical/dialect.ts';
import { StreamFold } from '../../canonical/fold-stream.ts';
import { parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { asCount, asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { toolNames } from '../openai-chat/chat-names.ts';
import { readFinish } from '../openai-chat/finish-reason.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';
import { readUsage } from '../openai-chat/read-usage.ts';
import type { CallFacts } from '../openai-chat/tool-call-reader.ts';
import { AnswerChoice, callFacts } from '../chat-shaped/answer-choice.ts';
import { readContent } from './read-content.ts';
import { readFailure } from './read-failure.ts';

type Emit = (event: StreamEvent) => void;

/** Chunks of a chat completion, whose content may be a list of parts and whose calls come whole, without index or type. */
export class MistralStream implements StreamReader {
  readonly #context: ReadContext;
  readonly #facts: CallFacts;
  readonly #choices = new Map<number, AnswerChoice>();
  #emit: Emit = ignore;
  #started = false;
  #over = false;

  constructor(context: ReadContext) {
    this.#context = context;
    this.#facts = callFacts(context, toolNames(context.request));
  }

  read({ data }: WireRecord, emit: Emit): void {
    if (this.#over || data === '') return;
    this.#emit = emit;
    if (data.trimStart().startsWith('[DONE]')) {
      this.#finish();
      return;
    }
    const chunk = fieldsOf(parseExact(data));
    if (chunk === undefined) return;
    const error = readFailure(chunk);
    if (error === undefined) this.take(chunk, emit);
    else {
      this.#over = true;
      emit({ t: 'error', error });
    }
  }

  /** A chunk, or a whole reply, which says `message` where a chunk says `delta`. */
  take(chunk: JsonFields, emit: Emit): void {
    this.#emit = emit;
    const choices = (listOf(chunk['choices']) ?? []).map(fieldsOf);
    if (!this.#started) this.#start(chunk);
    for (const [at, choice] of choices.entries()) if (choice !== undefined) this.#takeChoice(choice, at);
    const usage = readUsage(chunk['usage']);
    if (usage !== undefined) emit({ t: 'usage', usage });
  }

  /** Where the terminator is missing but every answer has its reason, nothing is (reference T30). */
  end(emit: Emit): void {
    this.#emit = emit;
    const stopped = [...this.#choices.values()].filter((choice) => choice.stopped).length;
    const wanted = this.#context.request.sampling.n ?? 1;
    if (!this.#over && stopped === this.#choices.size && stopped >= wanted) this.#finish();
  }

  /** A reply that is whole but gives no reason has none that is known. */
  finishWhole(emit: Emit): void {
    this.#emit = emit;
    this.#finish();
  }

  #start(chunk: JsonFields): void {
    const context = this.#context;
    this.#started = true;
    this.#emit({
      t: 'start',
      id: asText(chunk['id']) ?? context.newId('chatcmpl-'),
      model: asText(chunk['model']) ?? context.target.model,
      created: asCount(chunk['created']) ?? context.created,
    });
  }

  #takeChoice(fields: JsonFields, at: number): void {
    const choice = this.#choice(asCount(fields['index']) ?? at);
    if (choice.stopped) return;
    const said = fieldsOf(fields['delta']) ?? fieldsOf(fields['message']);
    if (said !== undefined) takeSaid(said, choice);
    const raw = asText(fields['finish_reason']);
    if (raw !== undefined) choice.stop((calls) => readFinish(raw, undefined, { calls, refusal: false }));
  }

  #choice(index: number): AnswerChoice {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const choice = new AnswerChoice(index, this.#facts, (event) => this.#emit(event));
    this.#choices.set(index, choice);
    return choice;
  }

  #finish(): void {
    // A terminator behind nothing at all ends nothing.
    if (this.#over || this.#choices.size === 0) return;
    this.#over = true;
    for (const choice of this.#choices.values()) {
      choice.stop((calls) => readFinish(undefined, undefined, { calls, refusal: false }));
    }
    this.#emit({ t: 'done' });
  }
}

function takeSaid(said: JsonFields, choice: AnswerChoice): void {
  readContent(said['content'], choice);
  for (const call of listOf(said['tool_calls']) ?? []) {
    const fragment = fieldsOf(call);
    if (fragment !== undefined) choice.call(withoutNullId(fragment));
  }
}

/** Some of Mistral's own tools write the word where there is no id. */
function withoutNullId(call: JsonFields): JsonFields {
  return call['id'] === 'null' ? { ...call, id: '' } : call;
}

function ignore(): void {}

/** A whole reply, read as the one chunk that it could have been. */
export function readMistralReply(body: Json, context: ReadContext): ChatReply | ProviderError | undefined {
  const reply = fieldsOf(body);
  if (reply === undefined) return undefined;
  const error = readFailure(reply);
  if (error !== undefined) return error;
  const choices = listOf(reply['choices']) ?? [];
  if (!choices.some((choice) => fieldsOf(choice) !== undefined)) return undefined;
  const fold = new StreamFold();
  const stream = new MistralStream(context);
  const add = (event: StreamEvent): void => fold.add(event);
  stream.take(reply, add);
  stream.finishWhole(add);
  return fold.end();
}
