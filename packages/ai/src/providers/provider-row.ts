import type { DialectName } from '../canonical/chat-request.ts';
import type { ChatRules } from '../dialects/openai-chat/chat-rules.ts';

export type EmbeddingsDialect = 'openai-chat' | 'mistral' | 'gemini' | 'cohere' | 'ollama';

/** OpenAI's endpoints beside chat, which vendors have copied one by one. */
export type SideEndpoint = 'images' | 'image-edits' | 'transcriptions' | 'translations' | 'speech' | 'moderations';

/** What the gate must know of a vendor; rules that differ between vendors are data here, never branches elsewhere. */
export interface ProviderRow {
  /** What `kind:` in the configuration says. */
  readonly kind: string;
  readonly aliases: readonly string[];
  /** What precedes the dialect's own path; `undefined`: the configuration must give it. */
  readonly baseUrl: string | undefined;
  /** How a configured key is sent: `authorization: Bearer`, a header of that name, as a signature, or never. */
  readonly auth: 'bearer' | 'x-api-key' | 'x-goog-api-key' | 'api-key' | 'aws' | 'none';
  /** Variable whose key lets `npm start` reach the vendor without a configuration. */
  readonly environment: string | undefined;
  /** The dialect that calls are translated to. */
  readonly dialect: DialectName;
  /** Other dialects that it speaks: callers of these pass untouched. What stands between the base and their path. */
  readonly also: Readonly<Partial<Record<DialectName, string>>>;
  /** The one of `also` in which it shows what its models think and takes it back; undefined: as far as in `dialect`. */
  readonly reasonsIn: 'openai-responses' | undefined;
  /** In which words it is asked for embeddings; undefined: it has none. */
  readonly embeds: EmbeddingsDialect | undefined;
  /** What it has of OpenAI's endpoints beside chat: what stands between the base and their paths. */
  readonly serves: Readonly<Partial<Record<SideEndpoint, string>>>;
  /** Those of them that it sends no bill for. */
  readonly gratis: readonly SideEndpoint[];
  /** Run by whoever runs the gate: nobody sends a bill. */
  readonly free: boolean;
  readonly rules: ChatRules;
}

export type RowDetails = Partial<Omit<ProviderRow, 'kind' | 'baseUrl' | 'rules'>> & {
  readonly rules?: Omit<ChatRules, 'kind'>;
};

/** By the dialect of a vendor's chat, unless its row says otherwise. */
const EMBEDS: Readonly<Partial<Record<DialectName, EmbeddingsDialect>>> = {
  'openai-chat': 'openai-chat',
  mistral: 'mistral',
  cohere: 'cohere',
  ollama: 'ollama',
};

export function row(kind: string, baseUrl: string | undefined, details: RowDetails = {}): ProviderRow {
  const { dialect = 'openai-chat' } = details;
  return {
    kind,
    baseUrl,
    environment: undefined,
    aliases: [],
    auth: 'bearer',
    dialect,
    embeds: EMBEDS[dialect],
    serves: {},
    gratis: [],
    also: {},
    reasonsIn: undefined,
    free: false,
    ...details,
    rules: { kind, ...details.rules },
  };
}
