import type { Citation, ChatRequest } from '../../canonical/chat-request.ts';
import type { ReadContext } from '../../canonical/dialect.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { asCount, asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { BlockSink, type Emit } from './block-sink.ts';
import { toolNames } from './chat-names.ts';
import type { ChatRules } from './chat-rules.ts';
import { ChoiceReader } from './choice-reader.ts';
import { LogprobsReader } from './logprobs-reader.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { classifyProviderError } from './provider-errors.ts';
import { readUsage } from './read-usage.ts';
import type { CallFacts } from './tool-call-reader.ts';

/**
 * Turns chunks into canonical events. A whole reply is a chunk too, whose choices have a `message` and no `delta`, so
 * that a reply and the stream of it are read alike.
 */
export class ChunkReader {
  /** `done` or `error` has been told: nothing may follow. */
  ended = false;
  readonly #context: ReadContext;
  readonly #emit: Emit;
  readonly #tools: CallFacts & { readonly thinkTags: boolean };
  readonly #choices = new Map<number, OpenChoice>();
  #started = false;
  #sources: readonly Citation[] = [];

  constructor(context: ReadContext, emit: Emit) {
    const rules: ChatRules = context.target.rules;
    this.#context = context;
    this.#emit = emit;
    this.#tools = {
      ...callFacts(context.request, rules),
      newId: (prefix) => context.newId(prefix),
      thinkTags: rules.thinkTags === true,
    };
  }

  read(chunk: JsonFields, text: () => string): void {
    const error = errorOf(chunk, text);
    const choices = listOf(chunk['choices']) ?? [];
    if (error === undefined) {
      this.#start(chunk, choices);
      for (const choice of choices) this.#readChoice(fieldsOf(choice) ?? {});
      this.#sources = sourcesOf(chunk) ?? this.#sources;
    }
    const usage = this.#started ? readUsage(usageOf(chunk, choices)) : undefined;
    if (usage !== undefined) this.#emit({ t: 'usage', usage });
    if (error !== undefined) this.#fail(error);
  }

  /** Shows that the provider lives; before the start there is nobody to be shown to. */
  ping(): void {
    if (this.#started) this.#emit({ t: 'ping' });
  }

  /** Every choice that was begun has said how it finished. */
  get finished(): boolean {
    return this.#choices.size > 0 && [...this.#choices.values()].every(({ finish }) => finish !== undefined);
  }

  /** Stops what is open. Without any choice there is no answer. */
  finish(): void {
    if (this.ended || this.#choices.size === 0) return;
    this.ended = true;
    let sources = this.#sources;
    for (const [choice, { reader, finish, met, logprobs }] of this.#choices) {
      const stop = reader.stop(finish, met, sources);
      this.#emit({ t: 'stop', choice, stop, ...present({ logprobs: logprobs.value() }) });
      sources = [];
    }
    this.#emit({ t: 'done' });
  }

  #fail(error: ProviderError): void {
    this.ended = true;
    this.#emit({ t: 'error', error });
  }

  /** A first chunk may hold nothing but the verdict of a filter, and have no id (reference §2.7). */
  #start(chunk: JsonFields, choices: readonly Json[]): void {
    const id = asText(chunk['id']);
    if (this.#started || (id === undefined && choices.length === 0)) return;
    this.#started = true;
    const own = Object.entries(chunk).filter(([name, value]) => value !== null && !KNOWN.has(name));
    this.#emit({
      t: 'start',
      id: id ?? this.#context.newId('chatcmpl-'),
      model: asText(chunk['model']) ?? this.#context.target.model,
      created: asCount(chunk['created']) ?? this.#context.created,
      ...(own.length > 0 && { ext: { 'openai-chat': Object.fromEntries(own) } }),
    });
  }

  #readChoice(choice: JsonFields): void {
    const open = this.#open(asCount(choice['index']) ?? 0);
    const finish = asText(choice['finish_reason']);
    const delta = fieldsOf(choice['delta']);
    const message = fieldsOf(choice['message']);
    if (delta !== undefined) open.reader.read(delta, { whole: false });
    else if (message !== undefined) open.reader.read(message, { whole: true });
    open.logprobs.read(fieldsOf(choice['logprobs']));
    open.finish = finish ?? open.finish;
    open.met = asText(choice['stop_reason']) ?? asText(choice['matched_stop']) ?? open.met;
  }

  #open(index: number): OpenChoice {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const reader = new ChoiceReader(new BlockSink(index, this.#emit), this.#tools);
    const open = { reader, logprobs: new LogprobsReader(), finish: undefined, met: undefined };
    this.#choices.set(index, open);
    return open;
  }
}

interface OpenChoice {
  readonly reader: ChoiceReader;
  readonly logprobs: LogprobsReader;
  /** As the provider wrote it. */
  finish: string | undefined;
  /** The stop sequence that was met. */
  met: string | undefined;
}

/** What the canonical form has a place for, and what is padding or of one chunk only. */
const KNOWN: ReadonlySet<string> = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'error',
  'obfuscation',
  'x_groq',
  'citations',
  'search_results',
]);

function callFacts(request: ChatRequest, rules: ChatRules): Omit<CallFacts, 'newId'> {
  const names = toolNames(request);
  const custom = request.tools.filter(({ kind }) => kind === 'custom' && rules.customTools === false);
  const wrapped = new Set(custom.map(({ name }) => name));
  return { nameOf: (wire) => names.fromWire(wire), isWrapped: (name) => wrapped.has(name) };
}

/** Official SDKs throw on any truthy `error`; some servers send a flat error, or one inside the choice. */
function errorOf(chunk: JsonFields, text: () => string): ProviderError | undefined {
  if (Boolean(chunk['error']) || chunk['object'] === 'error') return classifyProviderError(200, text());
  const choices = listOf(chunk['choices']);
  if (choices === undefined) return minimaxError(chunk);
  for (const choice of choices) {
    const fields = fieldsOf(choice);
    const error = fields?.['error'];
    if (error) return classifyProviderError(200, JSON.stringify({ error }));
    const failure = FAILURES.get(fields?.['finish_reason']);
    if (failure !== undefined) return classifyProviderError(200, JSON.stringify({ error: failure }));
  }
  return undefined;
}

/** Reasons that are none: the answer broke off (reference §3.5). */
const FAILURES: ReadonlyMap<unknown, { readonly type: string }> = new Map([
  ['error', { type: 'server_error' }],
  ['abort', { type: 'server_error' }],
  ['network_error', { type: 'server_error' }],
  ['insufficient_system_resource', { type: 'overloaded' }],
]);

/** `{base_resp: {status_code, status_msg}}` under a status of success. */
function minimaxError(chunk: JsonFields): ProviderError | undefined {
  const base = fieldsOf(chunk['base_resp']);
  const code = base?.['status_code'];
  if (typeof code !== 'number' || code === 0) return undefined;
  return classifyProviderError(200, JSON.stringify({ error: { message: base?.['status_msg'] ?? '' } }));
}

/** The official place first, then where single vendors put it. */
function usageOf(chunk: JsonFields, choices: readonly Json[]): Json | undefined {
  return chunk['usage'] ?? fieldsOf(chunk['x_groq'])?.['usage'] ?? fieldsOf(choices[0])?.['usage'];
}

/** Pages that a searching model read: with titles from some vendors, as bare addresses from others. */
function sourcesOf(chunk: JsonFields): readonly Citation[] | undefined {
  const titled = listOf(chunk['search_results'])?.map((result) => fieldsOf(result));
  const bare = listOf(chunk['citations'])?.map((url) => ({ url }));
  return (titled ?? bare)?.flatMap((source) => {
    const url = asText(source?.url);
    return url === undefined ? [] : [{ url, ...present({ title: asText(fieldsOf(source)?.['title']) }) }];
  });
}
