import { aiSdkChatClient, aiSdkResponsesClient } from './ai-sdk.ts';
import { anthropicClient } from './anthropic.ts';
import { bedrockClient } from './bedrock.ts';
import type { Client } from './client.ts';
import { cohereClient } from './cohere.ts';
import { googleClient } from './google.ts';
import { mistralClient } from './mistral.ts';
import { ollamaClient } from './ollama.ts';
import { openAiChatClient } from './openai-chat.ts';
import { openAiResponsesClient } from './openai-responses.ts';

export const CLIENTS: readonly Client[] = [
  openAiChatClient,
  openAiResponsesClient,
  anthropicClient,
  googleClient,
  bedrockClient,
  cohereClient,
  ollamaClient,
  mistralClient,
  aiSdkChatClient,
  aiSdkResponsesClient,
];
