import { NEEDS, wantsReasoning } from '../capability/call-needs.ts';
import { isSurelyShort, lackOf, type Lack } from '../capability/lack.ts';
import { mayNeed } from '../capability/need-marks.ts';
import { Untranslatable } from '../canonical/loss.ts';
import type { ModelFacts } from '../catalogue/model-facts.ts';
import type { ProviderRow } from '../providers/provider-table.ts';
import type { ChatCall } from './chat-call.ts';
import { missingMedia, type MissingMedium } from './media-supply.ts';
import { dialectFor } from './provider-dialects.ts';

/** Where a call might go. */
export interface Prospect {
  readonly row: ProviderRow;
  /** The provider's name of the model. */
  readonly model: string;
  readonly facts: ModelFacts | undefined;
}

/** What the call needs and that model surely has not. A call that is no request of its dialect is not judged here. */
export function lackAt(call: ChatCall, { row, model, facts }: Prospect): Lack | undefined {
  if (facts === undefined || hasEverything(facts, call)) return undefined;
  const provider = dialectFor(row, call.caller.name);
  const written = provider.name !== call.caller.name;
  const way = {
    emulatesSchema: written && (provider.emulatesSchemas?.(model) === true || row.rules.schemaOutput === 'json_object'),
    countsAnswer: COUNT_ANSWERS.has(row.kind) && provider.name === row.dialect,
  };
  try {
    return lackOf(new Asking(call), facts, way);
  } catch (error) {
    if (error instanceof Untranslatable) return undefined;
    throw error;
  }
}

/** The way of most calls: nothing is known to be missing, and nobody's prompt is that long. */
function hasEverything({ can, contextTokens = Infinity }: ModelFacts, call: ChatCall): boolean {
  for (const need of NEEDS) if (can[need] === false) return false;
  return saysItself(call) ? isSurelyShort(call.body, contextTokens) : contextTokens === Infinity;
}

/** By their chat. Others have a limit of their own for answers, end them when the context is full, or nobody knows. */
const COUNT_ANSWERS: ReadonlySet<string> = new Set(['openai', 'azure-openai', 'mistral', 'cohere']);

/** Asks the call for its canonical form only when that is looked at. */
class Asking {
  readonly model: string;
  readonly body: Buffer | undefined;
  readonly #call: ChatCall;

  constructor(call: ChatCall) {
    this.#call = call;
    this.model = call.model;
    this.body = saysItself(call) ? call.body : undefined;
  }

  get betas(): string | undefined {
    return this.#call.facts.header('anthropic-beta');
  }

  get request(): ChatCall['request'] {
    return this.#call.request;
  }
}

/** The body of a prompt holds its variables only. */
function saysItself({ caller }: ChatCall): boolean {
  return caller.name !== 'prompt';
}

/** Does the call ask for reasoning, so that models are preferred which can? */
export function asksForReasoning(call: ChatCall): boolean {
  if (saysItself(call) && !mayNeed(call.body, 'reasoning')) return false;
  try {
    return wantsReasoning(call.request);
  } catch (error) {
    if (error instanceof Untranslatable) return false;
    throw error;
  }
}

/** What has to be fetched before this provider can be sent the call. */
export function missingAt(call: ChatCall, { row, facts }: Prospect): readonly MissingMedium[] {
  const provider = dialectFor(row, call.caller.name);
  const inlineOnly = takesInlineOnly(row, facts);
  // Of its own dialect a provider gets what its caller wrote.
  if (provider.name === call.caller.name && !inlineOnly) return NOTHING;
  if (provider.needsBytes === undefined && !inlineOnly) return NOTHING;
  if (saysItself(call) && !call.body.includes('http')) return NOTHING;
  return missingMedia(call.request, { provider, inlineOnly }, call.media);
}

export function takesInlineOnly(row: ProviderRow, facts: ModelFacts | undefined): boolean {
  return facts?.can.mediaUrls === false || (row.rules.mediaUrls === false && facts?.can.mediaUrls !== true);
}

const NOTHING: readonly MissingMedium[] = [];
