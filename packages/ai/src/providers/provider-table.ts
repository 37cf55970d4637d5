import { row, type ProviderRow } from './provider-row.ts';

export type { ProviderRow } from './provider-row.ts';

/** Reasoning comes as `reasoning_content`, is asked for with `reasoning_effort`, unless a row says otherwise. */
const RESPONSES_TOO = { 'openai-responses': '' } as const;
/** Most know neither tools of free text nor a choice among some of the tools. */
const PLAIN = { customTools: false, allowedTools: false } as const;
const MAX_TOKENS = { ...PLAIN, maxTokensField: 'max_tokens' } as const;
/** OpenAI's endpoints beside chat, below the base of chat. */
const HEARING = { transcriptions: '', translations: '' } as const;
const SOUND = { ...HEARING, speech: '' } as const;
const ALL = { ...SOUND, images: '', 'image-edits': '', moderations: '' } as const;

/** Vendors with what is theirs alone. */
const VENDORS: readonly ProviderRow[] = [
  row('openai', 'https://api.openai.com/v1', {
    environment: 'OPENAI_API_KEY',
    also: RESPONSES_TOO,
    reasonsIn: 'openai-responses',
    serves: ALL,
    gratis: ['moderations'],
    rules: { maxTokensField: 'max_completion_tokens', instructionRole: 'developer', endUserField: 'safety_identifier' },
  }),
  row('anthropic', 'https://api.anthropic.com/v1', {
    environment: 'ANTHROPIC_API_KEY',
    aliases: ['claude'],
    dialect: 'anthropic',
    auth: 'x-api-key',
  }),
  row('google', 'https://generativelanguage.googleapis.com/v1beta', {
    environment: 'GEMINI_API_KEY',
    aliases: ['gemini', 'google-ai-studio'],
    dialect: 'gemini',
    // Those of Vertex have a form of their own.
    embeds: 'gemini',
    serves: { images: '/openai' },
    auth: 'x-goog-api-key',
  }),
  row('vertex', undefined, { aliases: ['vertex-ai'], dialect: 'gemini' }),
  row('bedrock', undefined, { aliases: ['aws-bedrock'], dialect: 'bedrock', auth: 'aws' }),
  row('bedrock-mantle', undefined, { also: { 'openai-responses': '' }, rules: MAX_TOKENS }),
  row('azure-openai', undefined, {
    aliases: ['azure'],
    auth: 'api-key',
    also: RESPONSES_TOO,
    reasonsIn: 'openai-responses',
    serves: { ...SOUND, images: '', 'image-edits': '' },
    rules: { maxTokensField: 'max_completion_tokens' },
  }),
  row('azure-foundry-claude', undefined, { dialect: 'anthropic', auth: 'api-key' }),
  row('mistral', 'https://api.mistral.ai/v1', {
    environment: 'MISTRAL_API_KEY',
    dialect: 'mistral',
    serves: { transcriptions: '', moderations: '' },
    rules: { ...MAX_TOKENS, streamUsage: 'always' },
  }),
  row('cohere', 'https://api.cohere.com/v2', { environment: 'COHERE_API_KEY', dialect: 'cohere' }),
  row('ollama', 'http://127.0.0.1:11434', { dialect: 'ollama', free: true }),
];

/** Vendors and servers that speak OpenAI's chat completions, each with what differs (reference §2.12, §4). */
const COMPATIBLE: readonly ProviderRow[] = [
  row('groq', 'https://api.groq.com/openai/v1', {
    environment: 'GROQ_API_KEY',
    also: RESPONSES_TOO,
    serves: SOUND,
    rules: { ...PLAIN, drops: ['logprobs', 'logit_bias', 'top_logprobs', 'name', 'n'] },
  }),
  row('deepseek', 'https://api.deepseek.com', {
    environment: 'DEEPSEEK_API_KEY',
    also: { anthropic: '/anthropic/v1' },
    rules: { ...MAX_TOKENS, reasoningIn: 'thinking', replaysReasoning: true },
  }),
  row('xai', 'https://api.x.ai/v1', {
    environment: 'XAI_API_KEY',
    aliases: ['grok'],
    also: RESPONSES_TOO,
    serves: { images: '' },
  }),
  row('together', 'https://api.together.xyz/v1', {
    environment: 'TOGETHER_API_KEY',
    aliases: ['together-ai'],
    serves: { ...SOUND, images: '' },
    rules: MAX_TOKENS,
  }),
  row('fireworks', 'https://api.fireworks.ai/inference/v1', {
    environment: 'FIREWORKS_API_KEY',
    aliases: ['fireworks-ai'],
    also: { 'openai-responses': '', anthropic: '' },
    rules: MAX_TOKENS,
  }),
  row('openrouter', 'https://openrouter.ai/api/v1', {
    environment: 'OPENROUTER_API_KEY',
    also: { 'openai-responses': '', anthropic: '' },
    rules: { ...PLAIN, reasoningIn: 'reasoning', reasoningReplay: 'reasoning_details' },
  }),
  row('perplexity', 'https://api.perplexity.ai', {
    environment: 'PERPLEXITY_API_KEY',
    rules: {
      ...MAX_TOKENS,
      streamUsage: 'always',
      strictTurns: true,
      drops: ['tools', 'tool_choice', 'parallel_tool_calls'],
    },
  }),
  row('cerebras', 'https://api.cerebras.ai/v1', {
    environment: 'CEREBRAS_API_KEY',
    rules: { ...PLAIN, drops: ['frequency_penalty', 'presence_penalty', 'logit_bias'] },
  }),
  row('nvidia-nim', 'https://integrate.api.nvidia.com/v1', {
    environment: 'NVIDIA_API_KEY',
    aliases: ['nvidia'],
    rules: MAX_TOKENS,
  }),
  row('huggingface', 'https://router.huggingface.co/v1', {
    environment: 'HF_TOKEN',
    aliases: ['hf'],
    also: RESPONSES_TOO,
    rules: MAX_TOKENS,
  }),
  row('moonshot', 'https://api.moonshot.ai/v1', {
    environment: 'MOONSHOT_API_KEY',
    aliases: ['kimi'],
    rules: { ...MAX_TOKENS, mediaUrls: false, reasoningIn: 'thinking', replaysReasoning: true },
  }),
  row('zai', 'https://api.z.ai/api/paas/v4', {
    environment: 'ZAI_API_KEY',
    aliases: ['zhipu', 'glm'],
    serves: { images: '', transcriptions: '' },
    rules: { ...MAX_TOKENS, reasoningIn: 'thinking', replaysReasoning: true },
  }),
  row('alibaba', 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1', {
    environment: 'DASHSCOPE_API_KEY',
    aliases: ['qwen', 'dashscope'],
    rules: { ...MAX_TOKENS, reasoningIn: 'enable_thinking' },
  }),
  row('minimax', 'https://api.minimax.io/v1', { environment: 'MINIMAX_API_KEY', rules: MAX_TOKENS }),
  row('stepfun', 'https://api.stepfun.com/v1', {
    environment: 'STEPFUN_API_KEY',
    serves: { images: '', transcriptions: '', speech: '' },
    rules: MAX_TOKENS,
  }),
  row('volcengine', 'https://ark.cn-beijing.volces.com/api/v3', {
    environment: 'ARK_API_KEY',
    aliases: ['doubao'],
    serves: { images: '' },
    also: RESPONSES_TOO,
    rules: { ...MAX_TOKENS, reasoningIn: 'thinking' },
  }),
  row('qianfan', 'https://qianfan.baidubce.com/v2', {
    environment: 'QIANFAN_API_KEY',
    aliases: ['baidu'],
    rules: MAX_TOKENS,
  }),
  row('hunyuan', 'https://api.hunyuan.cloud.tencent.com/v1', {
    environment: 'HUNYUAN_API_KEY',
    aliases: ['tencent'],
    rules: MAX_TOKENS,
  }),
  row('siliconflow', 'https://api.siliconflow.com/v1', {
    environment: 'SILICONFLOW_API_KEY',
    serves: { images: '', transcriptions: '', speech: '' },
    rules: { ...MAX_TOKENS, reasoningIn: 'enable_thinking' },
  }),
  row('deepinfra', 'https://api.deepinfra.com/v1/openai', {
    environment: 'DEEPINFRA_API_KEY',
    serves: { ...SOUND, images: '' },
    rules: MAX_TOKENS,
  }),
  row('baseten', 'https://inference.baseten.co/v1', { environment: 'BASETEN_API_KEY', rules: MAX_TOKENS }),
  row('sambanova', 'https://api.sambanova.ai/v1', {
    environment: 'SAMBANOVA_API_KEY',
    serves: HEARING,
    rules: MAX_TOKENS,
  }),
  row('nebius', 'https://api.tokenfactory.nebius.com/v1', {
    environment: 'NEBIUS_API_KEY',
    serves: { images: '' },
    rules: MAX_TOKENS,
  }),
  row('novita', 'https://api.novita.ai/openai', { environment: 'NOVITA_API_KEY', rules: MAX_TOKENS }),
  row('hyperbolic', 'https://api.hyperbolic.xyz/v1', { environment: 'HYPERBOLIC_API_KEY', rules: MAX_TOKENS }),
  row('lambda', 'https://api.lambda.ai/v1', { environment: 'LAMBDA_API_KEY', rules: MAX_TOKENS }),
  row('friendli', 'https://api.friendli.ai/serverless/v1', { environment: 'FRIENDLI_TOKEN', rules: MAX_TOKENS }),
  row('featherless', 'https://api.featherless.ai/v1', { environment: 'FEATHERLESS_API_KEY', rules: MAX_TOKENS }),
  row('chutes', 'https://llm.chutes.ai/v1', { environment: 'CHUTES_API_KEY', rules: MAX_TOKENS }),
  row('inference-net', 'https://api.inference.net/v1', { environment: 'INFERENCE_API_KEY', rules: MAX_TOKENS }),
  row('github-models', 'https://models.github.ai/inference', { environment: 'GITHUB_MODELS_TOKEN', rules: MAX_TOKENS }),
  row('vercel', 'https://ai-gateway.vercel.sh/v1', {
    environment: 'AI_GATEWAY_API_KEY',
    aliases: ['vercel-gateway'],
    also: { 'openai-responses': '', anthropic: '' },
  }),
  row('cloudflare-workers-ai', undefined, { aliases: ['cloudflare'], also: RESPONSES_TOO, rules: MAX_TOKENS }),
  row('databricks', undefined, { rules: MAX_TOKENS }),
  row('snowflake-cortex', undefined, { aliases: ['snowflake'] }),
  row('watsonx', undefined, { aliases: ['ibm-watsonx'], rules: MAX_TOKENS }),
  row('ai21', 'https://api.ai21.com/studio/v1', { environment: 'AI21_API_KEY', rules: MAX_TOKENS }),
  row('upstage', 'https://api.upstage.ai/v1/solar', { environment: 'UPSTAGE_API_KEY', rules: MAX_TOKENS }),
  row('writer', 'https://api.writer.com/v1', { environment: 'WRITER_API_KEY', rules: MAX_TOKENS }),
  row('scaleway', 'https://api.scaleway.ai/v1', {
    environment: 'SCW_SECRET_KEY',
    serves: { transcriptions: '' },
    rules: MAX_TOKENS,
  }),
  row('ovhcloud', 'https://oai.endpoints.kepler.ai.cloud.ovh.net/v1', {
    environment: 'OVH_AI_ENDPOINTS_ACCESS_TOKEN',
    aliases: ['ovh'],
    serves: { transcriptions: '' },
    rules: MAX_TOKENS,
  }),
  row('stackit', 'https://api.openai-compat.model-serving.eu01.onstackit.cloud/v1', {
    environment: 'STACKIT_API_KEY',
    rules: MAX_TOKENS,
  }),
  row('digitalocean', 'https://inference.do-ai.run/v1', { environment: 'DIGITALOCEAN_MODEL_KEY', rules: MAX_TOKENS }),
  row('nscale', 'https://inference.api.nscale.com/v1', { environment: 'NSCALE_API_KEY', rules: MAX_TOKENS }),
  row('venice', 'https://api.venice.ai/api/v1', {
    environment: 'VENICE_API_KEY',
    serves: { images: '', speech: '' },
    rules: MAX_TOKENS,
  }),
  row('voyage', 'https://api.voyageai.com/v1', { environment: 'VOYAGE_API_KEY' }),
  row('jina', 'https://api.jina.ai/v1', { environment: 'JINA_API_KEY' }),
];

/** Programs that people run themselves. */
const OWN: readonly ProviderRow[] = [
  row('vllm', 'http://127.0.0.1:8000/v1', {
    also: { 'openai-responses': '', anthropic: '' },
    serves: HEARING,
    rules: { ...MAX_TOKENS, takes: ['top_k', 'min_p'] },
  }),
  row('sglang', 'http://127.0.0.1:30000/v1', { rules: MAX_TOKENS }),
  row('llama-cpp', 'http://127.0.0.1:8080/v1', {
    also: { 'openai-responses': '', anthropic: '' },
    rules: MAX_TOKENS,
  }),
  row('lm-studio', 'http://127.0.0.1:1234/v1', {
    aliases: ['lmstudio'],
    also: { 'openai-responses': '', anthropic: '' },
    rules: { ...MAX_TOKENS, mediaUrls: false },
  }),
  row('localai', 'http://127.0.0.1:8080/v1', {
    serves: { images: '', transcriptions: '', speech: '' },
    rules: MAX_TOKENS,
  }),
  row('tgi', undefined, { aliases: ['text-generation-inference'], rules: MAX_TOKENS }),
  row('triton', undefined, { rules: MAX_TOKENS }),
  row('lemonade', 'http://127.0.0.1:8000/api/v1', {
    serves: { images: '', transcriptions: '', speech: '' },
    rules: MAX_TOKENS,
  }),
  row('demo', undefined, { auth: 'none', serves: { moderations: '' } }),
];

const SERVERS = OWN.map((server) => ({ ...server, free: true }));

/** Whose they are and what they cost is for the configuration to say. */
const OPEN: readonly ProviderRow[] = [
  row('openai-compatible', undefined, { serves: ALL, rules: MAX_TOKENS }),
  row('anthropic-compatible', undefined, { dialect: 'anthropic', auth: 'x-api-key' }),
];

export const PROVIDERS: readonly ProviderRow[] = [...VENDORS, ...COMPATIBLE, ...SERVERS, ...OPEN];

const BY_NAME: ReadonlyMap<string, ProviderRow> = new Map(
  PROVIDERS.flatMap((provider) => [provider.kind, ...provider.aliases].map((name) => [name, provider] as const)),
);

/** By kind or alias. */
export function providerRow(kind: string): ProviderRow | undefined {
  return BY_NAME.get(kind);
}
