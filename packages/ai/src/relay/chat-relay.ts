import type { ChatReply } from '../canonical/chat-reply.ts';
import type { ChatRequest } from '../canonical/chat-request.ts';
import type { ProviderDialect, ReadContext, ReplyContext, Target } from '../canonical/dialect.ts';
import { parseExact } from '../canonical/json.ts';
import { Losses } from '../canonical/loss.ts';
import type { ProviderError } from '../provider-error.ts';
import { newId, type ChatCall } from './chat-call.ts';
import { dialectFor, dialectHeaders } from './provider-dialects.ts';
import type { Answer, AnswerFacts, AnswerTap, Destination, Relay, StreamRelay } from './relay.ts';
import { RelayedStream } from './relayed-stream.ts';
import { STREAM_TYPES } from './stream-types.ts';

const JSON_TYPE = 'application/json';

/** One attempt at a chat: translated when the dialects differ; else the bytes go through and are only read beside. */
export class ChatRelay implements Relay {
  readonly path: string;
  readonly body: Buffer;
  readonly contentType = JSON_TYPE;
  readonly headers: Readonly<Record<string, string>>;
  readonly losses: readonly string[];
  readonly hidesUsage: boolean;
  readonly untouched: boolean;
  readonly #call: ChatCall;
  readonly #provider: ProviderDialect;
  readonly #tap: AnswerTap | undefined;
  readonly #context: Context;

  /** Throws `Untranslatable` when this provider cannot be asked without being asked something else. */
  constructor(call: ChatCall, destination: Destination) {
    const { row, requestId, created } = destination;
    const { caller, stream } = call;
    const provider = dialectFor(row, caller.name);
    const sameDialect = provider.name === caller.name && (!stream || provider.framing === caller.framing);
    this.untouched = sameDialect && !call.sealed;
    const target = targetOf(call, destination);
    const losses = new Losses();
    this.hidesUsage = !this.untouched && stream && target.rules.streamUsage !== 'always';
    this.path = (row.also[provider.name] ?? '') + provider.path(target);
    this.body = this.untouched
      ? call.patched(target.model)
      : Buffer.from(provider.writeRequest(call.request, target, losses));
    this.headers = dialectHeaders(call, target, provider.name, this.untouched);
    this.losses = losses.codes;
    this.#tap = destination.tap;
    this.#call = call;
    this.#provider = provider;
    this.#context = new Context(call, { target, created, requestId });
  }

  get dialect(): ProviderDialect['name'] {
    return this.#provider.name;
  }

  get replyType(): string | undefined {
    return this.untouched ? undefined : this.#call.caller.streamType;
  }

  get streamType(): RegExp {
    return STREAM_TYPES[this.#provider.framing];
  }

  readAnswer(body: Buffer): Answer {
    const json = parseExact(body.toString('utf8').trim());
    const reply = json === undefined ? undefined : this.#provider.readReply(json, this.#context);
    if (reply === undefined) return { problem: 'The reply is no answer.' };
    if (isError(reply)) return { error: reply };
    this.#tap?.onReply(reply);
    const written = this.untouched ? body : Buffer.from(this.#call.caller.writeReply(reply, this.#context));
    return { body: written, contentType: JSON_TYPE, ...factsOf(reply) };
  }

  openStream(out: (bytes: Buffer) => void): StreamRelay {
    const plan = {
      framing: this.#provider.framing,
      reader: this.#provider.streamReader(this.#context),
      writer: this.#call.caller.streamWriter(this.#context),
      untouched: this.untouched,
      tap: this.#tap,
    };
    return new RelayedStream(plan, out);
  }

  readError(status: number, body: Buffer, errorType: string | undefined): ProviderError {
    return this.#provider.readError(status, body.toString('utf8'), errorType);
  }
}

function targetOf({ stream }: ChatCall, { row, model, forceUsage }: Destination): Target {
  // A vendor that refuses to be asked for usage is treated as one that tells it unasked.
  return { model, stream, rules: forceUsage ? row.rules : { ...row.rules, streamUsage: 'always' } };
}

/** Calls that pass untouched are parsed only if somebody asks what they say. */
class Context implements ReadContext, ReplyContext {
  readonly target: Target;
  readonly created: number;
  readonly requestId: string;
  readonly newId = newId;
  readonly #call: ChatCall;

  constructor(call: ChatCall, facts: Pick<Context, 'target' | 'created' | 'requestId'>) {
    this.#call = call;
    this.target = facts.target;
    this.created = facts.created;
    this.requestId = facts.requestId;
  }

  get request(): ChatRequest {
    return this.#call.request;
  }
}

function isError(reply: ChatReply | ProviderError): reply is ProviderError {
  return 'kind' in reply;
}

function factsOf({ model, choices, usage }: ChatReply): AnswerFacts {
  return { model: model === '' ? undefined : model, finishReason: choices.at(-1)?.stop.reason, usage };
}
