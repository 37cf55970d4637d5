/** What the gate must know of a vendor; rules that differ between vendors are columns here, never branches elsewhere. */
export interface ProviderRow {
  /** What `kind:` in the configuration says. */
  readonly kind: string;
  readonly aliases: readonly string[];
  /** What precedes the dialect's own path; `undefined`: the configuration must give it. */
  readonly baseUrl: string | undefined;
  /** Between `baseUrl` and the path while `standIn` is true. */
  readonly prefix: string;
  /** How a configured key is sent: `authorization: Bearer`, or never. */
  readonly auth: 'bearer' | 'none';
  /** Variable whose key lets `npm start` reach the vendor without a configuration. */
  readonly environment: string | undefined;
  readonly dialect: 'openai-chat';
  /** The vendor has a dialect of its own and is reached through its OpenAI-compatible endpoint until ours speaks it. */
  readonly standIn: boolean;
  /** `always`: streams report usage unasked, and some of these vendors refuse `stream_options`, so it is not forced. */
  readonly streamUsage: 'on-request' | 'always';
}

export const PROVIDERS: readonly ProviderRow[] = [
  row('openai', 'https://api.openai.com/v1', { environment: 'OPENAI_API_KEY' }),
  row('anthropic', 'https://api.anthropic.com/v1', { environment: 'ANTHROPIC_API_KEY', standIn: true }),
  row('google', 'https://generativelanguage.googleapis.com/v1beta', {
    environment: 'GEMINI_API_KEY',
    aliases: ['gemini'],
    prefix: '/openai',
    standIn: true,
  }),
  row('mistral', 'https://api.mistral.ai/v1', { environment: 'MISTRAL_API_KEY', standIn: true, streamUsage: 'always' }),
  row('ollama', 'http://127.0.0.1:11434', { prefix: '/v1', standIn: true }),
  row('groq', 'https://api.groq.com/openai/v1', { environment: 'GROQ_API_KEY' }),
  row('deepseek', 'https://api.deepseek.com', { environment: 'DEEPSEEK_API_KEY' }),
  row('xai', 'https://api.x.ai/v1', { environment: 'XAI_API_KEY', aliases: ['grok'] }),
  row('together', 'https://api.together.xyz/v1', { environment: 'TOGETHER_API_KEY' }),
  row('fireworks', 'https://api.fireworks.ai/inference/v1', { environment: 'FIREWORKS_API_KEY' }),
  row('openrouter', 'https://openrouter.ai/api/v1', { environment: 'OPENROUTER_API_KEY' }),
  row('perplexity', 'https://api.perplexity.ai', { environment: 'PERPLEXITY_API_KEY', streamUsage: 'always' }),
  row('cerebras', 'https://api.cerebras.ai/v1', { environment: 'CEREBRAS_API_KEY' }),
  row('nvidia-nim', 'https://integrate.api.nvidia.com/v1', { environment: 'NVIDIA_API_KEY', aliases: ['nvidia'] }),
  row('huggingface', 'https://router.huggingface.co/v1', { environment: 'HF_TOKEN' }),
  row('moonshot', 'https://api.moonshot.ai/v1', { environment: 'MOONSHOT_API_KEY' }),
  row('zai', 'https://api.z.ai/api/paas/v4', { environment: 'ZAI_API_KEY', aliases: ['zhipu'] }),
  row('alibaba', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', {
    environment: 'DASHSCOPE_API_KEY',
    aliases: ['qwen'],
  }),
  row('minimax', 'https://api.minimax.io/v1', { environment: 'MINIMAX_API_KEY' }),
  row('siliconflow', 'https://api.siliconflow.com/v1', { environment: 'SILICONFLOW_API_KEY' }),
  row('deepinfra', 'https://api.deepinfra.com/v1/openai', { environment: 'DEEPINFRA_API_KEY' }),
  row('sambanova', 'https://api.sambanova.ai/v1', { environment: 'SAMBANOVA_API_KEY' }),
  row('nebius', 'https://api.tokenfactory.nebius.com/v1', { environment: 'NEBIUS_API_KEY' }),
  row('novita', 'https://api.novita.ai/openai', { environment: 'NOVITA_API_KEY' }),
  row('openai-compatible', undefined, { aliases: ['vllm', 'sglang', 'llama-cpp', 'lm-studio'] }),
  row('demo', undefined, { auth: 'none' }),
];

type Rest = Partial<Omit<ProviderRow, 'kind' | 'baseUrl'>>;

function row(kind: string, baseUrl: string | undefined, rest: Rest = {}): ProviderRow {
  return {
    kind,
    baseUrl,
    environment: undefined,
    aliases: [],
    prefix: '',
    auth: 'bearer',
    dialect: 'openai-chat',
    standIn: false,
    streamUsage: 'on-request',
    ...rest,
  };
}

const BY_NAME: ReadonlyMap<string, ProviderRow> = new Map(
  PROVIDERS.flatMap((provider) => [provider.kind, ...provider.aliases].map((name) => [name, provider] as const)),
);

/** By kind or alias. */
export function providerRow(kind: string): ProviderRow | undefined {
  return BY_NAME.get(kind);
}

const PATHS = { chat: '/chat/completions', embeddings: '/embeddings' } as const;

/** The path below the configured base URL. */
export function providerPath({ prefix }: ProviderRow, endpoint: keyof typeof PATHS): string {
  return prefix + PATHS[endpoint];
}
