import { Recent } from '../catalogue/recent.ts';
import type { DialectName } from '../canonical/chat-request.ts';
import type { ProviderRules } from '../canonical/dialect.ts';
import { readSaid } from '../dialects/openai-chat/provider-said.ts';
import { renameLimit } from '../dialects/openai-chat/rename-limit.ts';
import { REASONING, refusesReasoning } from './reasoning-dialect.ts';

export interface RefusingModel {
  readonly provider: { readonly name: string };
  readonly model: string;
}

/** Whose request it is. */
export interface Wisher {
  asksForReasoning(): boolean;
}

/** As many models, at least, are remembered. */
const MODELS_MIN = 512;

interface Refusals {
  readonly plain: ReadonlySet<string>;
  readonly reasoning: ReadonlySet<string>;
}

/**
 * Members of requests that models have refused and that the gate can say otherwise or leave out, so that the next call
 * does so at once. Vendors change what their models take faster than a table of models could follow.
 */
export class RefusedMembers {
  readonly #byModel = new Recent<Refusals>(MODELS_MIN);

  of(place: RefusingModel, wisher: Wisher | undefined): ReadonlySet<string> | undefined {
    const found = this.#byModel.size === 0 ? undefined : this.#byModel.get(keyOf(place));
    if (found === undefined || found.plain === found.reasoning) return found?.plain;
    return wisher?.asksForReasoning() === true ? found.reasoning : found.plain;
  }

  /** Some models take a wish only from whom they do not reason for, so that what one call is refused others may have. */
  note(place: RefusingModel, member: string, wisher: Wisher | undefined): void {
    const { plain = NOTHING, reasoning = NOTHING } = this.#byModel.get(keyOf(place)) ?? {};
    const wish = WISHES.has(member);
    const asks = wish && wisher?.asksForReasoning() === true;
    const more = new Set([...(asks ? reasoning : plain), member]);
    const others = plain === reasoning ? more : new Set([...reasoning, member]);
    const refusals = wish
      ? { plain, reasoning, [asks ? 'reasoning' : 'plain']: more }
      : { plain: more, reasoning: others };
    this.#byModel.set(keyOf(place), refusals);
  }
}

/**
 * What one call has been refused. Others are spared it only when the call was answered without it: who repeats what it
 * was sent, or would have refused the call anyhow, has said nothing of the member.
 */
export class RefusalLessons {
  readonly #memory: RefusedMembers;
  readonly #own = new Map<string, Set<string>>();

  constructor(memory: RefusedMembers) {
    this.#memory = memory;
  }

  of(place: RefusingModel, wisher: Wisher | undefined): ReadonlySet<string> | undefined {
    const known = this.#memory.of(place, wisher);
    const own = this.#own.get(keyOf(place));
    return own === undefined ? known : new Set([...(known ?? NOTHING), ...own]);
  }

  learn(place: RefusingModel, member: string): void {
    const own = this.#own.get(keyOf(place)) ?? new Set();
    this.#own.set(keyOf(place), own.add(member));
  }

  answered(place: RefusingModel, wisher: Wisher | undefined): void {
    for (const member of this.#own.get(keyOf(place)) ?? NOTHING) this.#memory.note(place, member, wisher);
  }
}

const NOTHING: ReadonlySet<string> = new Set();

function keyOf({ provider, model }: RefusingModel): string {
  return `${provider.name}\n${model}`;
}

/** The gate's own wish to hear the usage of a stream. */
const STREAM_OPTIONS = 'stream_options';
/** The older name of the limit of output tokens. */
const MAX_TOKENS = 'max_tokens';

/** What a call that is written anew may do without; its writer names it as lost. */
const WISHES: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'seed',
  'parallel_tool_calls',
  'reasoning_effort',
  'verbosity',
  'service_tier',
  'prompt_cache_key',
  'metadata',
  'safety_identifier',
  'user',
]);

/** Who refuses one value of these takes its own default only. Of the others, another value may well be taken. */
const ONE_VALUE: ReadonlySet<string> = new Set(['temperature', 'top_p']);

/** A request that was refused. */
export interface RefusedRequest {
  /** In which the provider was asked. */
  readonly dialect: DialectName;
  readonly body: Buffer;
  /** Of the caller's dialect. */
  readonly untouched: boolean;
  readonly translated: boolean;
  /** The dialect was chosen because the call is about reasoning. */
  readonly reasons: boolean;
  readonly hidesUsage: boolean;
  /** What it was written without. */
  readonly refused: ReadonlySet<string> | undefined;
}

/** The member that a provider refuses though it could be told otherwise, or without it. */
export function refusedMember(request: RefusedRequest, status: number, said: Buffer): string | undefined {
  // Providers refuse this one in many words.
  const usage = request.hidesUsage && (status === 400 || status === 422) && said.includes(STREAM_OPTIONS);
  if (usage && holds(request, STREAM_OPTIONS)) return STREAM_OPTIONS;
  if (!request.dialect.startsWith('openai-')) return undefined;
  const { code, param } = readSaid(said.toString('utf8')) ?? {};
  if (request.reasons && refusesReasoning(status, { code, param })) return REASONING;
  if (status !== 400) return undefined;
  if (param === undefined || request.refused?.has(param) === true || !holds(request, param)) return undefined;
  const unknown = code === 'unsupported_parameter';
  if (unknown && param === MAX_TOKENS) return canRename(request) ? param : undefined;
  const wish = request.translated && (unknown ? WISHES : code === 'unsupported_value' ? ONE_VALUE : NOTHING).has(param);
  return wish ? param : undefined;
}

/** Without a member that it did not have a call would only be the same again. */
function holds({ body }: RefusedRequest, member: string): boolean {
  return body.includes(`"${member}"`);
}

function canRename({ untouched, body }: RefusedRequest): boolean {
  return !untouched || renameLimit(body) !== undefined;
}

/** A provider that once refused to report usage is not asked for it. */
export function reportsUsage(refused: ReadonlySet<string> | undefined): boolean {
  return refused?.has(STREAM_OPTIONS) !== true;
}

/** What a call is written by for a model that refuses those members. */
export function rulesWithout(rules: ProviderRules, refused: ReadonlySet<string> | undefined): ProviderRules {
  if (refused === undefined) return rules;
  const wishes = [...refused].filter((member) => WISHES.has(member));
  return {
    ...rules,
    ...(refused.has(MAX_TOKENS) && { maxTokensField: 'max_completion_tokens' }),
    drops: [...(rules.drops ?? []), ...wishes],
  };
}

export interface RenamedBody {
  readonly body: Buffer;
  readonly losses: readonly string[];
}

/** The caller's bytes for a model that knows the limit by its newer name only; undefined: as they are. */
export function passTo(refused: ReadonlySet<string> | undefined, body: Buffer): RenamedBody | undefined {
  const renamed = refused?.has(MAX_TOKENS) === true ? renameLimit(body) : undefined;
  return renamed && { body: renamed, losses: [`emulated:${MAX_TOKENS}`] };
}
