import { parseKeeping } from '../json-text.ts';
import { milliseconds } from '../parsed-units.ts';
import { pathValue, queryValue } from '../path-values.ts';
import type { Answer, Exchange, PolicyRuntime } from '../policy.ts';
import { at, filledValue, plainText, textTemplate, type Facts, type Place } from './call-template.ts';
import { CallFailure, NoAnswer, reasonOf } from './call-failure.ts';
import { needsOf } from './needs.ts';
import type { CallConfig } from './schema.ts';

type Field = readonly [name: string, value: string];

export interface CallsRules {
  readonly calls: Readonly<Record<string, CallConfig>>;
  readonly bytesMax: number;
  readonly runtime: Pick<PolicyRuntime, 'askUpstream' | 'clock'>;
}

export interface CallsTools {
  /** Of every call. */
  readonly fields: readonly Field[];
  readonly signal: AbortSignal;
}

/** The calls that one request is answered with. Each begins as soon as there is what it needs. */
export class Calls {
  readonly #exchange: Exchange;
  readonly #rules: CallsRules;
  readonly #tools: CallsTools;
  readonly #answers = new Map<string, unknown>();
  readonly #begun = new Map<string, Promise<void>>();
  readonly #missing: string[] = [];
  readonly #notes: string[] = [];

  constructor(exchange: Exchange, rules: CallsRules, tools: CallsTools) {
    this.#exchange = exchange;
    this.#rules = rules;
    this.#tools = tools;
  }

  /** Optional calls that have failed, in the order of the configuration. */
  get missing(): readonly string[] {
    return Object.keys(this.#rules.calls).filter((name) => this.#missing.includes(name));
  }

  /** For the record: what each came to. */
  get note(): string {
    return this.#notes.join(', ');
  }

  /** Rejects with the `CallFailure` of the first call that must not fail. */
  async all(): Promise<ReadonlyMap<string, unknown>> {
    await Promise.all(Object.keys(this.#rules.calls).map(async (name) => this.#begin(name)));
    return this.#answers;
  }

  async #begin(name: string): Promise<void> {
    const known = this.#begun.get(name) ?? this.#run(name);
    this.#begun.set(name, known);
    return known;
  }

  async #run(name: string): Promise<void> {
    const { calls, runtime } = this.#rules;
    const call = calls[name];
    if (call === undefined) return;
    await Promise.all(needsOf(name, calls).map(async (need) => this.#begin(need)));
    const begunMs = runtime.clock.monotonic();
    try {
      const answer = await this.#ask(call);
      this.#note(name, String(answer.status), begunMs);
      this.#answers.set(name, answer.status === 404 ? (call.default ?? null) : valueIn(answer));
    } catch (thrown) {
      // Whoever ended them all says why.
      const { signal } = this.#tools;
      const error: unknown = signal.aborted ? signal.reason : thrown;
      this.#note(name, reasonOf(error), begunMs);
      if (!call.optional) throw new CallFailure(name, error);
      this.#missing.push(name);
      this.#answers.set(name, call.default ?? null);
    }
  }

  async #ask(call: CallConfig): Promise<Answer> {
    const { bytesMax, runtime } = this.#rules;
    const { fields, signal } = this.#tools;
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(filledValue(call.body, this.#facts)));
    const own = Object.entries(call.headers).map(([field, text]) => [field.toLowerCase(), this.#line(text)] as const);
    const basic: readonly Field[] = [
      ['accept', 'application/json'],
      ['accept-encoding', 'identity'],
      ...(body === undefined ? [] : [['content-type', 'application/json'] as const]),
    ];
    signal.throwIfAborted();
    const answer = await runtime.askUpstream({
      upstream: call.upstream,
      method: call.method,
      target: this.#target(call.target),
      headers: unlike([...basic, ...fields], own),
      ...(body !== undefined && { body }),
      timeoutMs: milliseconds(call.timeout),
      bytesMax,
      signal,
    });
    const isMissing = answer.status === 404 && call.notFound === 'default';
    if (answer.status >= 300 && !isMissing) throw new NoAnswer(`answered ${answer.status}`);
    return answer;
  }

  /** Answers of calls, and segments of the path. */
  readonly #facts: Facts = (name) =>
    this.#answers.has(name) ? this.#answers.get(name) : pathValue(name, this.#exchange);

  /** What is filled into a line of a head can end none. */
  #line(text: string): string {
    return plainText(filledValue(text, this.#facts)).replaceAll(/[^\t\x20-\x7e]+/g, encodeURIComponent);
  }

  /** Whatever is filled in stays one segment, or one value of the query. */
  #target(text: string): string {
    let written = '';
    for (const piece of textTemplate(text).pieces) {
      if (typeof piece === 'string') written += piece;
      else written += this.#part(piece, written.includes('?'));
    }
    return written;
  }

  #part(place: Place, inQuery: boolean): string {
    const isAnswer = this.#answers.has(place.name);
    const value = isAnswer
      ? encodeURIComponent(plainText(at(place, this.#facts)).toWellFormed())
      : ((inQuery ? queryValue(place.name, this.#exchange) : pathValue(place.name, this.#exchange)) ?? '');
    // Without it another address would be asked for, and `..` may be read as a step.
    if (!inQuery && (value === '' || (isAnswer && /^\.{1,2}$/.test(value))))
      throw new NoAnswer('lacks what it asks for');
    return value;
  }

  #note(name: string, what: string, begunMs: number): void {
    const ms = Math.max(0, this.#rules.runtime.clock.monotonic() - begunMs);
    this.#notes.push(`${name} ${what} ${ms.toFixed(0)} ms`);
  }
}

function unlike(fields: readonly Field[], own: readonly Field[]): readonly Field[] {
  return [...fields.filter(([name]) => !own.some(([each]) => each === name)), ...own];
}

function valueIn({ headers, body }: Answer): unknown {
  if (body.length === 0) return null;
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  if (!/^[^;,]*[/+]json\s*(?:;|$)/i.test(type)) throw new NoAnswer('answered what is no JSON');
  try {
    return parseKeeping(body.toString('utf8'));
  } catch {
    throw new NoAnswer('answered JSON that cannot be read');
  }
}
