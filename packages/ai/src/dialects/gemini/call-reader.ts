import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { ReadContext } from '../../canonical/dialect.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { PartialArgs } from './partial-args.ts';
import { toolNames } from './tool-names.ts';

/** What reading a call needs of the request. */
export interface CallContext {
  readonly newId: () => string;
  readonly names: WireNames;
  /** Names of tools that take free text. */
  readonly custom: ReadonlySet<string>;
  /** The caller wants one call at most, which Google cannot be told. */
  readonly firstOnly: boolean;
}

export function callContext(context: ReadContext): CallContext {
  const request = requestOf(context);
  const custom = request?.tools.filter(({ kind }) => kind === 'custom').map(({ name }) => name);
  return {
    newId: () => context.newId('call_'),
    names: request === undefined ? AS_THEY_ARE : toolNames(request),
    custom: new Set(custom),
    firstOnly: request?.parallelTools === false,
  };
}

const AS_THEY_ARE: WireNames = { toWire: (name) => name, fromWire: (wire) => wire };

/** Undefined for one that passed untouched and that only Google understands. */
function requestOf(context: ReadContext): ChatRequest | undefined {
  try {
    return context.request;
  } catch (error) {
    if (error instanceof Untranslatable) return undefined;
    throw error;
  }
}

export interface BlockSink {
  begin(block: OpenBlock): number;
  delta(index: number, delta: Delta): void;
  end(index: number): void;
}

interface PendingCall {
  readonly index: number;
  readonly args: PartialArgs;
}

/** Calls of functions, whole or, as Vertex can send them, in pieces. */
export class CallReader {
  readonly #contextOf: () => CallContext;
  readonly #sink: BlockSink;
  #pending: PendingCall | undefined;
  /** There was a call. */
  called = false;

  /** The context is asked for when there is a call, because to have it the request must be read. */
  constructor(contextOf: () => CallContext, sink: BlockSink) {
    this.#contextOf = contextOf;
    this.#sink = sink;
  }

  read(call: JsonFields, signature: string | undefined): void {
    const { name, id, args, partialArgs, willContinue } = call;
    if (typeof name === 'string' && name !== '') {
      this.finish();
      const leftOut = this.called && this.#contextOf().firstOnly;
      const goesOn = willContinue === true || isPieces(partialArgs);
      if (!leftOut) this.#begin(name, { id, signature, args, goesOn });
    }
    this.#pending?.args.add(partialArgs);
    if (willContinue !== true) this.finish();
  }

  /** Ends the call whose pieces came last, if any. */
  finish(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    this.#sink.delta(pending.index, { input: pending.args.toJson() });
    this.#sink.end(pending.index);
  }

  #begin(wireName: string, call: CallFacts): void {
    this.called = true;
    const { id, signature, args, goesOn } = call;
    const context = this.#contextOf();
    const name = context.names.fromWire(wireName);
    const custom = context.custom.has(name);
    const index = this.#sink.begin({
      type: 'tool_call',
      id: typeof id === 'string' && id !== '' ? id : context.newId(),
      name,
      ...(custom && { custom }),
      ...(signature !== undefined && { signature: { value: signature, dialect: 'gemini' } }),
    });
    if (goesOn) {
      this.#pending = { index, args: new PartialArgs(args) };
      return;
    }
    this.#sink.delta(index, { input: custom ? freeText(args) : JSON.stringify(args ?? {}) });
    this.#sink.end(index);
  }
}

interface CallFacts {
  readonly id: Json | undefined;
  readonly signature: string | undefined;
  readonly args: Json | undefined;
  /** More of the arguments is to come. */
  readonly goesOn: boolean;
}

function isPieces(partialArgs: Json | undefined): boolean {
  return Array.isArray(partialArgs) && partialArgs.length > 0;
}

/** What a tool for free text was given: this dialect had to wrap it. */
function freeText(args: Json | undefined): string {
  const input = isJsonFields(args) ? args['input'] : undefined;
  return typeof input === 'string' ? input : JSON.stringify(args ?? {});
}
