/** What the catalogue calls a model. */
export interface SourceName {
  /** A provider of the catalogue. */
  readonly source: string;
  readonly model: string;
}

/** Where the catalogue keeps what a provider of this kind serves under this name, which is in lower case. */
export function sourceForKind(kind: string, model: string): SourceName | undefined {
  const rule = SOURCES.get(kind);
  if (rule === undefined) return undefined;
  if (typeof rule === 'string') return { source: rule, model };
  if (rule.by === 'path') return { source: rule.source, model: model.slice(model.lastIndexOf('/') + 1) };
  const at = rule.by === 'creator' ? model.indexOf('/') : model.lastIndexOf(':');
  if (at < 0) return undefined;
  if (rule.by === 'route') return { source: rule.prefix + model.slice(at + 1), model: model.slice(0, at) };
  const source = rule.sources.get(model.slice(0, at));
  return source === undefined ? undefined : { source, model: model.slice(at + 1) };
}

/** Does any kind need this provider of the catalogue? */
export function isSource(source: string): boolean {
  return [...SOURCES.values()].some((rule) => {
    if (typeof rule === 'string') return rule === source;
    if (rule.by === 'path') return rule.source === source;
    return rule.by === 'route' ? source.startsWith(rule.prefix) : [...rule.sources.values()].includes(source);
  });
}

type Rule =
  | string
  /** The name may stand at the end of a path, as Google writes it. */
  | { readonly by: 'path'; readonly source: string }
  /** `creator/model`, at the price of whoever made the model. */
  | { readonly by: 'creator'; readonly sources: ReadonlyMap<string, string> }
  /** `model:route`, where the route says who serves it, and so the price. */
  | { readonly by: 'route'; readonly prefix: string };

/** Vercel passes list prices on. Models that many sell have no one price, so only makers that sell alone are here. */
const CREATORS: ReadonlyMap<string, string> = new Map([
  ['anthropic', 'anthropic'],
  ['cohere', 'cohere'],
  ['google', 'google'],
  ['mistral', 'mistral'],
  ['openai', 'openai'],
  ['perplexity', 'perplexity'],
  ['spacexai', 'x-ai'],
  ['xai', 'x-ai'],
]);

/** By kind of the provider table. One that is not here has no published prices that we know of. */
const SOURCES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['openai', 'openai'],
  ['anthropic', 'anthropic'],
  ['google', { by: 'path', source: 'google' }],
  ['vertex', { by: 'path', source: 'google' }],
  ['bedrock', 'aws'],
  ['bedrock-mantle', 'aws'],
  ['azure-openai', 'azure'],
  ['azure-foundry-claude', 'azure'],
  ['mistral', 'mistral'],
  ['cohere', 'cohere'],
  ['groq', 'groq'],
  ['deepseek', 'deepseek'],
  ['xai', 'x-ai'],
  ['together', 'together'],
  ['fireworks', 'fireworks'],
  ['openrouter', 'openrouter'],
  ['perplexity', 'perplexity'],
  ['cerebras', 'cerebras'],
  ['moonshot', 'moonshotai'],
  ['zai', 'zai'],
  ['minimax', 'minimax'],
  ['baseten', 'baseten'],
  ['novita', 'novita'],
  ['ovhcloud', 'ovhcloud'],
  ['cloudflare-workers-ai', 'cloudflare'],
  ['voyage', 'voyageai'],
  ['vercel', { by: 'creator', sources: CREATORS }],
  // Hugging Face adds nothing to what the one who serves the model charges…
  ['huggingface', { by: 'route', prefix: 'huggingface_' }],
  // … so that is what these charge themselves.
  ['sambanova', 'huggingface_sambanova'],
  ['nebius', 'huggingface_nebius'],
  ['hyperbolic', 'huggingface_hyperbolic'],
  ['nscale', 'huggingface_nscale'],
]);
