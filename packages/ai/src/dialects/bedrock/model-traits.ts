import { modelRules, type ModelRules } from '../anthropic/model-rules.ts';

/** What a family of models behind Converse wants said its own way. */
export interface ModelTraits {
  /** Where `top_k` goes in `additionalModelRequestFields`; undefined: nowhere. */
  readonly topK: 'top_k' | 'k' | 'inferenceConfig.topK' | undefined;
  readonly reasoning: 'claude' | 'nova' | 'reasoning_effort' | undefined;
  readonly cachePoints: boolean;
  /** Of Claude, wherever it is served. */
  readonly claude: ModelRules | undefined;
}

const UNKNOWN: ModelTraits = { topK: 'top_k', reasoning: undefined, cachePoints: true, claude: undefined };
const OTHER: ModelTraits = { ...UNKNOWN, cachePoints: false };
const NOVA: ModelTraits = { ...UNKNOWN, topK: 'inferenceConfig.topK' };

/** The first match counts; what none matches may be anything, such as the ARN of an application's own profile. */
const FAMILIES: readonly (readonly [RegExp, ModelTraits])[] = [
  [/amazon\.nova-2/, { ...NOVA, reasoning: 'nova' }],
  [/amazon\.nova/, NOVA],
  [/amazon\.titan/, { ...OTHER, topK: undefined }],
  [/openai\.gpt/, { ...OTHER, topK: undefined, reasoning: 'reasoning_effort' }],
  [/cohere\./, { ...OTHER, topK: 'k' }],
  [/(?:meta|ai21)\./, { ...OTHER, topK: undefined }],
  [
    /(?:^|[./])(?:mistral|deepseek|qwen|writer|minimax|moonshotai?|moonshot|nvidia|google|zai|stability|twelvelabs)\./,
    OTHER,
  ],
];

export function modelTraits(model: string): ModelTraits {
  const name = model.toLowerCase();
  if (name.includes('claude')) {
    return { topK: 'top_k', reasoning: 'claude', cachePoints: true, claude: modelRules(name) };
  }
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN;
}
