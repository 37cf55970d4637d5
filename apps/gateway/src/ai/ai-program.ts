import {
  doorOf,
  modelCard,
  modelList,
  ModelRouter,
  OverriddenCatalogue,
  RefusedMembers,
  providerRow,
  upperBound,
  type CacheRules,
  type DoorName,
  type ModelFacts,
  type ModelPlace,
  type ModelQuestion,
  type SemanticPlace,
} from '@gatehouse/ai';
import type { AiEndpoint, AiSpec, PromptTarget } from '@gatehouse/config';
import type { GateExchange } from '../exchange.ts';
import type { House } from '../house.ts';
import { allowedModels } from './ai-access.ts';
import { AiBudgets } from './ai-budgets.ts';
import { AiCall } from './ai-call.ts';
import { AiPrompts } from './ai-prompts.ts';
import { answerJson } from './answer-json.ts';
import { AiGuards } from './ai-guards.ts';
import { ProviderEmbedder } from './embedder.ts';
import { ProviderAsker } from './provider-asker.ts';
import { ProviderModerator } from './provider-moderator.ts';
import { SemanticLookup } from './semantic-lookup.ts';

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
  'cohere-embed': 'cohere-embed',
  'ollama-embed': 'ollama-embed',
  images: 'images',
  'image-edits': 'image-edits',
  transcriptions: 'transcriptions',
  translations: 'translations',
  speech: 'speech',
  moderations: 'moderations',
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
  /** Undefined where there are none. */
  readonly guards: AiGuards | undefined;
  /** What models cost and can. */
  readonly catalogue: OverriddenCatalogue;
  /** For what the gate itself wants to know of providers. */
  readonly asker: ProviderAsker;
  readonly #semantic = new Map<string, SemanticLookup>();
  readonly #prompts: AiPrompts;
  /** What models refuse to be told in one way. */
  readonly refused = new RefusedMembers();

  constructor(spec: AiSpec, house: House) {
    this.spec = spec;
    this.house = house;
    const catalogue = new OverriddenCatalogue(spec.prices);
    const factsOf = (place: ModelPlace): ModelFacts | undefined => catalogue.facts(place, house.clock.now());
    this.catalogue = catalogue;
    this.budgets = new AiBudgets(spec.budgets);
    this.asker = new ProviderAsker(house, spec);
    for (const name of Object.keys(spec.models)) this.#addSemantic(name);
    this.router = new ModelRouter(spec, {
      memory: house.routing,
      contextTokensOf: (place) => factsOf(place)?.contextTokens,
      reasons: (place) => factsOf(place)?.can.reasoning,
      priceOf: (place, tokens) =>
        upperBound({ inputTokensEstimate: tokens ?? USUAL, maxOutputTokens: USUAL }, factsOf(place)),
    });
    this.#prompts = new AiPrompts(spec.prompts ?? {});
    this.guards =
      spec.guards && new AiGuards(spec.guards, this.router, new ProviderModerator(this.asker, spec.providers));
  }

  /** What of a model's answers may be kept; undefined: nothing. */
  cacheOf(model: string): CacheRules | undefined {
    return Object.hasOwn(this.spec.models, model) ? this.spec.models[model]?.cache : undefined;
  }

  #addSemantic(model: string): void {
    const semantic = this.spec.models[model]?.cache?.semantic;
    const provider = semantic && this.spec.providers[semantic.provider];
    const vendor = provider && providerRow(provider.kind);
    if (semantic === undefined || provider === undefined || vendor === undefined) return;
    const { house, budgets, catalogue } = this;
    const embedder = new ProviderEmbedder(this.asker, provider, semantic.model);
    this.#semantic.set(
      model,
      new SemanticLookup({ house, budgets, catalogue, spec: semantic, model, embedder, vendor }),
    );
  }

  /** Where to look for answers to questions that mean the same; undefined: nowhere. */
  semanticOf(model: string): SemanticLookup | undefined {
    return this.#semantic.get(model);
  }

  /** Whose questions are remembered. */
  get semanticPlaces(): readonly SemanticPlace[] {
    return [...this.#semantic.values()].map(({ place }) => place);
  }

  start(exchange: GateExchange, endpoint: AiEndpoint): void {
    const gemini = speaksGemini(exchange);
    if (endpoint === 'models' || endpoint === 'gemini-models' || endpoint === 'ollama-tags') {
      const shape = endpoint === 'models' && gemini ? 'gemini-models' : endpoint;
      answerJson(exchange, modelList(shape, this.#question(exchange)));
    } else if (endpoint === 'model' || endpoint === 'gemini-model') {
      this.#showOne(exchange, gemini ? 'gemini-model' : endpoint);
    } else new AiCall(exchange, doorOf(doorFor(endpoint, exchange)), this).begin();
  }

  startPrompt(exchange: GateExchange, target: PromptTarget): void {
    this.#prompts.start(exchange, target, this);
  }

  #question(exchange: GateExchange): ModelQuestion {
    const allowed = allowedModels(exchange.credential);
    const query = new URLSearchParams(exchange.query);
    return { router: this.router, allowed, query, anthropic: speaksAnthropic(exchange) };
  }

  #showOne(exchange: GateExchange, endpoint: 'model' | 'gemini-model'): void {
    const id = decoded(exchange.params['*'] ?? '');
    const card = modelCard(endpoint, id, this.#question(exchange));
    if (card !== undefined) answerJson(exchange, card);
    else exchange.forward.refuse({ code: 'provider.model_not_found', detail: `the model \`${id}\` does not exist` });
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
