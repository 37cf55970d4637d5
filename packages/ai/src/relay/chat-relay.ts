import type { ChatReply } from '../canonical/chat-reply.ts';
import type { ChatRequest } from '../canonical/chat-request.ts';
import type { ProviderDialect, ReadContext, ReplyContext, Target } from '../canonical/dialect.ts';
import { parseExact } from '../canonical/json.ts';
import { Losses } from '../canonical/loss.ts';
import type { GuardedCall, JudgedReply } from '../guards/guarded-call.ts';
import type { ProviderError } from '../provider-error.ts';
import { newId, type ChatCall } from './chat-call.ts';
import { withMedia } from './media-supply.ts';
import { dialectFor, dialectHeaders, PROVIDER_DIALECTS } from './provider-dialects.ts';
import { reasoningDialect } from './reasoning-dialect.ts';
import { passTo, refusedMember, rulesWithout } from './refused-members.ts';
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
  readonly #guards: GuardedCall | undefined;
  readonly #context: Context;
  readonly #refused: ReadonlySet<string> | undefined;
  /** Its dialect was chosen for the reasoning. */
  readonly #reasons: boolean;
  /** The request, whatever becomes of its answer. */
  readonly #passes: boolean;

  /** Throws `Untranslatable` when this provider cannot be asked without being asked something else. */
  constructor(call: ChatCall, destination: Destination) {
    const { row, requestId, created, refused, guards } = destination;
    const { caller, stream } = call;
    const reasoning = reasoningDialect(row, call, refused);
    const provider = reasoning === undefined ? dialectFor(row, caller.name) : PROVIDER_DIALECTS[reasoning];
    const sameDialect = provider.name === caller.name && (!stream || provider.framing === caller.framing);
    const passes = sameDialect && !call.sealed && !call.inlines(destination) && guards?.intervenes !== true;
    this.untouched = passes && !(stream && caller.ownStreams === true);
    if (!this.untouched) call.read();
    const target = targetOf(call, destination);
    const losses = new Losses();
    this.hidesUsage = !this.untouched && stream && target.rules.streamUsage !== 'always';
    this.path = (row.also[provider.name] ?? '') + provider.path(target);
    const body = passes
      ? call.patched(target.model, this.hidesUsage)
      : Buffer.from(provider.writeRequest(sentTo(provider, call, destination), target, losses));
    const renamed = passes && provider.name === 'openai-chat' ? passTo(refused, body) : undefined;
    this.body = renamed?.body ?? body;
    this.headers = dialectHeaders(call, target, provider.name, passes);
    this.losses = renamed?.losses ?? losses.codes;
    this.#refused = refused;
    this.#reasons = reasoning !== undefined;
    this.#passes = passes;
    this.#tap = destination.tap;
    this.#guards = guards?.readsReplies === true ? guards : undefined;
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
    if (this.#guards === undefined) return this.#shown(reply, body);
    const judged = this.#guards.checkReply(reply);
    return judged instanceof Promise ? { later: judged.then((late) => this.#judged(late)) } : this.#judged(judged);
  }

  #judged({ action, reply }: JudgedReply): Answer {
    return action === 'block' ? { blocked: true, ...factsOf(reply) } : this.#shown(reply, undefined);
  }

  #shown(reply: ChatReply, untouched: Buffer | undefined): Answer {
    const unfit = this.#call.caller.unfit?.(reply);
    if (unfit !== undefined) return { unfit, ...factsOf(reply) };
    this.#tap?.onReply(reply);
    const written = this.untouched ? untouched : undefined;
    const body = written ?? Buffer.from(this.#call.caller.writeReply(reply, this.#context));
    return { body, contentType: JSON_TYPE, ...factsOf(reply) };
  }

  openStream(out: (bytes: Buffer) => void): StreamRelay {
    const plan = {
      framing: this.#provider.framing,
      reader: this.#provider.streamReader(this.#context),
      writer: this.#call.caller.streamWriter(this.#context),
      untouched: this.untouched,
      tap: this.#tap,
      guards: this.#guards,
    };
    return new RelayedStream(plan, out);
  }

  readError(status: number, body: Buffer, errorType: string | undefined): ProviderError {
    return this.#provider.readError(status, body.toString('utf8'), errorType);
  }

  refusedMember(status: number, said: Buffer): string | undefined {
    const { dialect, body, hidesUsage } = this;
    const translated = dialect !== this.#call.caller.name;
    const asked = { untouched: this.#passes, translated, reasons: this.#reasons, refused: this.#refused };
    return refusedMember({ dialect, body, hidesUsage, ...asked }, status, said);
  }
}

/** What the guards let through, with the media that this provider cannot fetch. */
function sentTo(provider: ProviderDialect, call: ChatCall, { guards, inlineOnly = false }: Destination): ChatRequest {
  const request = guards?.sent(call.request) ?? call.request;
  return call.media === undefined ? request : withMedia(request, { provider, inlineOnly }, call.media);
}

function targetOf({ stream }: ChatCall, { row, model, forceUsage, refused }: Destination): Target {
  const rules = rulesWithout(row.rules, refused);
  // A vendor that refuses to be asked for usage is treated as one that tells it unasked.
  return { model, stream, rules: forceUsage ? rules : { ...rules, streamUsage: 'always' } };
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
