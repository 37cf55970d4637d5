import { createOpenAI, type OpenAIProvider } from '@ai-sdk/openai';
import { generateText, jsonSchema, Output, streamText, tool, type ModelMessage, type ToolSet } from 'ai';
import type { Ask, Part, Say } from '../scenario.ts';
import { argsOf, counts, KEY, type Client, type Conversation, type How, type Outcome } from './client.ts';

type Models = (name: string) => ReturnType<OpenAIProvider['chat']>;

const STOPS: Client['stops'] = {
  end: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  content_filter: 'content-filter',
  refusal: 'content-filter',
};

/** Vercel's SDK, which speaks both of OpenAI's dialects. */
export const aiSdkChatClient: Client = {
  name: 'ai-sdk chat',
  dialect: 'openai-chat',
  lacks: ['tool-error'],
  hides: ['reasoning'],
  refusals: 'explained',
  stops: STOPS,
  usage,
  open: (origin, ask) => new AiSdkConversation((model) => openai(origin).chat(model), settings(ask, false)),
};

export const aiSdkResponsesClient: Client = {
  ...aiSdkChatClient,
  name: 'ai-sdk responses',
  dialect: 'openai-responses',
  lacks: ['tool-error', 'stop'],
  hides: [],
  open: (origin, ask) => new AiSdkConversation((model) => openai(origin).responses(model), settings(ask, true)),
};

function openai(origin: string): OpenAIProvider {
  return createOpenAI({ baseURL: `${origin}/v1`, apiKey: KEY });
}

function usage({ input, cached, output, reasoning }: Parameters<Client['usage']>[0]): Record<string, number> {
  return {
    inputTokens: input + cached,
    cacheReadTokens: cached,
    outputTokens: output + reasoning,
    reasoningTokens: reasoning,
    totalTokens: input + cached + output + reasoning,
  };
}

class AiSdkConversation implements Conversation {
  readonly #models: Models;
  readonly #settings: ReturnType<typeof settings>;
  readonly #messages: ModelMessage[] = [];
  #calls: Outcome['calls'] = [];

  constructor(models: Models, own: ReturnType<typeof settings>) {
    this.#models = models;
    this.#settings = own;
  }

  async say(says: readonly Say[], { model, stream, signal }: How): Promise<Outcome> {
    for (const said of says) this.#messages.push(this.#messageOf(said));
    const request = {
      ...this.#settings,
      model: this.#models(model),
      messages: this.#messages,
      maxRetries: 0,
      ...(signal !== undefined && { abortSignal: signal }),
    };
    const result = stream ? await streamed(request) : await generateText(request);
    this.#messages.push(...result.response.messages);
    const outcome = {
      text: result.text,
      reasoning: result.reasoningText ?? '',
      refusal: '',
      calls: result.toolCalls.map((call) => ({ id: call.toolCallId, name: call.toolName, args: argsOf(call.input) })),
      stop: result.finishReason,
      usage: counts({
        ...result.usage,
        cacheReadTokens: result.usage.inputTokenDetails.cacheReadTokens,
        reasoningTokens: result.usage.outputTokenDetails.reasoningTokens,
      }),
    };
    this.#calls = outcome.calls;
    return outcome;
  }

  #messageOf(said: Say): ModelMessage {
    if ('user' in said) return { role: 'user', content: said.user.map((part) => partOf(part)) };
    if ('assistant' in said) return { role: 'assistant', content: said.assistant };
    return {
      role: 'tool',
      content: said.results.map(({ text }, at) => ({
        type: 'tool-result',
        toolCallId: this.#calls[at]?.id ?? 'none',
        toolName: this.#calls[at]?.name ?? 'none',
        output: { type: 'text', value: text },
      })),
    };
  }
}

type Request = Parameters<typeof generateText>[0];

async function streamed(request: Request) {
  let failure: unknown;
  const result = streamText({ ...request, onError: ({ error }) => void (failure = error) });
  for await (const part of result.stream) if (part.type === 'error') throw part.error;
  if (failure !== undefined) throw failure;
  return {
    text: await result.text,
    reasoningText: await result.reasoningText,
    toolCalls: await result.toolCalls,
    finishReason: await result.finishReason,
    usage: await result.usage,
    response: await result.response,
  };
}

function partOf(part: Part) {
  if ('text' in part) return { type: 'text' as const, text: part.text };
  if ('image' in part) return { type: 'file' as const, data: part.image, mediaType: part.mime };
  return { type: 'file' as const, data: part.document, mediaType: part.mime, filename: part.name };
}

function settings(ask: Ask, stateless: boolean) {
  const { system, tools, choice, parallel, schema, stop, maxTokens, temperature, effort } = ask;
  const openaiOptions = {
    ...(parallel !== undefined && { parallelToolCalls: parallel }),
    ...(effort && { reasoningEffort: effort, forceReasoning: true }),
    ...(stateless && { store: false, ...(effort && { reasoningSummary: 'auto' }) }),
  };
  return {
    ...(system !== undefined && { system }),
    ...(tools && { tools: toolsOf(tools) }),
    ...(choice !== undefined && {
      toolChoice: typeof choice === 'string' ? choice : { type: 'tool' as const, toolName: choice.name },
    }),
    ...(schema && { output: Output.object({ schema: jsonSchema({ ...schema }), name: 'answer' }) }),
    ...(stop && { stopSequences: [...stop] }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    providerOptions: { openai: openaiOptions },
  };
}

function toolsOf(tools: NonNullable<Ask['tools']>): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, description, schema }) => [name, tool({ description, inputSchema: jsonSchema({ ...schema }) })]),
  );
}
