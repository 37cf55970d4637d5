import {
  modelCard,
  modelList,
  ModelRouter,
  OverriddenCatalogue,
  upperBound,
  type CacheRules,
  type DoorName,
  type ModelFacts,
  type ModelPlace,
  type ModelQuestion,
} from '@gatehouse/ai';
import type { AiEndpoint, AiSpec } from '@gatehouse/config';
import type { GateExchange } from '../exchange.ts';
import type { House } from '../house.ts';
import { ownMessage } from '../problem.ts';
import { AiBudgets } from './ai-budgets.ts';
import { AiCall } from './ai-call.ts';
import { editedLines } from './edited-lines.ts';

/** Tokens of a call whose length does not matter; prices are compared, not paid. */
const USUAL = 1000;

/** Where refusals of an endpoint find their words. */
const DOORS: Readonly<Record<AiEndpoint, DoorName>> = {
  chat: 'chat',
  responses: 'responses',
  messages: 'messages',
  'count-tokens': 'count-tokens',
  gemini: 'gemini',
  converse: 'converse',
  'cohere-chat': 'cohere-chat',
  'ollama-chat': 'ollama-chat',
  embeddings: 'embeddings',
  models: 'chat',
  model: 'chat',
  'gemini-models': 'gemini',
  'gemini-model': 'gemini',
  'ollama-tags': 'ollama-chat',
};

type Headers = Pick<GateExchange, 'header'>;

/** The lists of models of three dialects share a path; what only one vendor's clients send tells them apart. */
export function doorFor(endpoint: AiEndpoint, caller: Headers): DoorName {
  if (endpoint === 'models' || endpoint === 'model') {
    if (speaksAnthropic(caller)) return 'messages';
    if (speaksGemini(caller)) return 'gemini';
  }
  return DOORS[endpoint];
}

function speaksAnthropic(caller: Headers): boolean {
  return caller.header('anthropic-version') !== undefined;
}

function speaksGemini(caller: Headers): boolean {
  return caller.header('x-goog-api-client') !== undefined;
}

/** The AI gateway of one snapshot. */
export class AiProgram {
  readonly spec: AiSpec;
  readonly house: House;
  readonly router: ModelRouter;
  readonly budgets: AiBudgets;
  /** What models cost and can. */
  readonly catalogue: OverriddenCatalogue;
  /** Providers, by name, that refused a stream because the gate had asked for its usage. */
  readonly usageRefusers = new Set<string>();

  constructor(spec: AiSpec, house: House) {
    this.spec = spec;
    this.house = house;
    const catalogue = new OverriddenCatalogue(spec.prices);
    const factsOf = (place: ModelPlace): ModelFacts | undefined => catalogue.facts(place, house.clock.now());
    this.catalogue = catalogue;
    this.budgets = new AiBudgets(spec.budgets);
    this.router = new ModelRouter(spec, {
      memory: house.routing,
      contextTokensOf: (place) => factsOf(place)?.contextTokens,
      priceOf: (place, tokens) =>
        upperBound({ inputTokensEstimate: tokens ?? USUAL, maxOutputTokens: USUAL }, factsOf(place)),
    });
  }

  /** What of a model's answers may be kept; undefined: nothing. */
  cacheOf(model: string): CacheRules | undefined {
    return Object.hasOwn(this.spec.models, model) ? this.spec.models[model]?.cache : undefined;
  }

  start(exchange: GateExchange, endpoint: AiEndpoint): void {
    const gemini = speaksGemini(exchange);
    if (endpoint === 'models' || endpoint === 'gemini-models' || endpoint === 'ollama-tags') {
      const shape = endpoint === 'models' && gemini ? 'gemini-models' : endpoint;
      this.#show(exchange, modelList(shape, this.#question(exchange)));
    } else if (endpoint === 'model' || endpoint === 'gemini-model') {
      this.#showOne(exchange, gemini ? 'gemini-model' : endpoint);
    } else new AiCall(exchange, doorFor(endpoint, exchange), this).begin();
  }

  #question(exchange: GateExchange): ModelQuestion {
    const allowed = exchange.credential === undefined ? ['*'] : exchange.credential.models;
    const query = new URLSearchParams(exchange.query);
    return { router: this.router, allowed, query, anthropic: speaksAnthropic(exchange) };
  }

  #showOne(exchange: GateExchange, endpoint: 'model' | 'gemini-model'): void {
    const id = decoded(exchange.params['*'] ?? '');
    const card = modelCard(endpoint, id, this.#question(exchange));
    if (card !== undefined) this.#show(exchange, card);
    else exchange.forward.refuse({ code: 'provider.model_not_found', detail: `the model \`${id}\` does not exist` });
  }

  #show(exchange: GateExchange, body: string): void {
    const lines = editedLines(exchange, { status: 200, lines: 'content-type: application/json\r\n' });
    const options = { keepAlive: exchange.caller.persists, headOnly: exchange.method === 'HEAD' };
    exchange.forward.answer({ status: 200, message: ownMessage({ status: 200, lines }, body, options) }, undefined);
  }
}

/** What is no percent-encoded UTF-8 stands for itself, and names nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
