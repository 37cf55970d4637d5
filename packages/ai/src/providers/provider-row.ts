import type { DialectName } from '../canonical/chat-request.ts';
import type { ChatRules } from '../dialects/openai-chat/chat-rules.ts';

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
  /** What stands between the base and `/embeddings` of OpenAI's shape; undefined: it has none. */
  readonly embeddings: string | undefined;
  /** Run by whoever runs the gate: nobody sends a bill. */
  readonly free: boolean;
  readonly rules: ChatRules;
}

export type RowDetails = Partial<Omit<ProviderRow, 'kind' | 'baseUrl' | 'rules'>> & {
  readonly rules?: Omit<ChatRules, 'kind'>;
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
    embeddings: dialect === 'openai-chat' || dialect === 'mistral' ? '' : undefined,
    also: {},
    free: false,
    ...details,
    rules: { kind, ...details.rules },
  };
}
