import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ContentBlock,
  type ConverseCommandInput,
  type Message,
  type TokenUsage,
  type Tool,
  type ToolChoice,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Ask, Part, Say } from '../scenario.ts';
import { BedrockBlocks } from './bedrock-blocks.ts';
import { argsOf, counts, KEY, type Client, type Conversation, type How, type Outcome } from './client.ts';

export const bedrockClient: Client = {
  name: 'aws bedrock',
  dialect: 'bedrock',
  lacks: ['choice-none', 'parallel'],
  hides: [],
  refusals: 'in-text',
  stops: {
    end: 'end_turn',
    stop_sequence: 'stop_sequence',
    length: 'max_tokens',
    tool_calls: 'tool_use',
    content_filter: 'content_filtered',
    refusal: 'content_filtered',
  },
  usage: ({ input, cached, output, reasoning }) => ({
    inputTokens: input,
    cacheReadInputTokens: cached,
    outputTokens: output + reasoning,
    totalTokens: input + cached + output + reasoning,
  }),
  open: (origin, ask) => new ConverseConversation(origin, ask),
};

class ConverseConversation implements Conversation {
  readonly #client: BedrockRuntimeClient;
  readonly #ask: Ask;
  readonly #messages: Message[] = [];
  #callIds: readonly string[] = [];

  constructor(origin: string, ask: Ask) {
    this.#client = new BedrockRuntimeClient({
      endpoint: origin,
      region: 'us-east-1',
      token: { token: KEY },
      authSchemePreference: ['httpBearerAuth'],
      maxAttempts: 1,
      // Its own choice for this service is HTTP/2, which asks for TLS.
      requestHandler: new NodeHttpHandler(),
    });
    this.#ask = ask;
  }

  async say(says: readonly Say[], { model, stream, signal }: How): Promise<Outcome> {
    for (const said of says) this.#messages.push(this.#messageOf(said));
    const input = { modelId: model, messages: this.#messages, ...settings(this.#ask) };
    const options = signal === undefined ? {} : { abortSignal: signal };
    const { content, stop, usage } = stream ? await this.#streamed(input, options) : await this.#whole(input, options);
    this.#messages.push({ role: 'assistant', content });
    const outcome = outcomeOf(content, { stop, usage });
    this.#callIds = outcome.calls.map(({ id }) => id);
    return outcome;
  }

  async #whole(input: ConverseCommandInput, options: { abortSignal?: AbortSignal }): Promise<Said> {
    const { output, stopReason, usage } = await this.#client.send(new ConverseCommand(input), options);
    return { content: output?.message?.content ?? [], stop: stopReason, usage };
  }

  async #streamed(input: ConverseCommandInput, options: { abortSignal?: AbortSignal }): Promise<Said> {
    const { stream } = await this.#client.send(new ConverseStreamCommand(input), options);
    const blocks = new BedrockBlocks();
    for await (const event of stream ?? []) blocks.add(event);
    return { content: blocks.content(), stop: blocks.stop, usage: blocks.usage };
  }

  #messageOf(said: Say): Message {
    if ('user' in said) return { role: 'user', content: said.user.map((part) => blockOf(part)) };
    if ('assistant' in said) return { role: 'assistant', content: [{ text: said.assistant }] };
    const content = said.results.map(({ text, isError }, at) => ({
      toolResult: {
        toolUseId: this.#callIds[at],
        content: [{ text }],
        ...(isError === true && { status: 'error' as const }),
      },
    }));
    return { role: 'user', content };
  }
}

interface Said {
  readonly content: ContentBlock[];
  readonly stop: string | undefined;
  readonly usage: TokenUsage | undefined;
}

function blockOf(part: Part): ContentBlock {
  if ('text' in part) return { text: part.text };
  if ('image' in part) return { image: { format: 'png', source: { bytes: Buffer.from(part.image, 'base64') } } };
  const name = part.name.replace(/\.pdf$/, '');
  return { document: { format: 'pdf', name, source: { bytes: Buffer.from(part.document, 'base64') } } };
}

function settings(ask: Ask): Partial<ConverseCommandInput> {
  const { system, tools, choice, schema, stop, maxTokens, temperature, effort } = ask;
  const inference = {
    ...(stop && { stopSequences: [...stop] }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
  };
  const format = schema && {
    type: 'json_schema' as const,
    structure: { jsonSchema: { name: 'answer', schema: JSON.stringify(schema) } },
  };
  return {
    ...(system !== undefined && { system: [{ text: system }] }),
    ...(Object.keys(inference).length > 0 && { inferenceConfig: inference }),
    ...(tools && { toolConfig: { tools: tools.map((tool) => toolOf(tool)), ...choiceOf(choice) } }),
    ...(format && { outputConfig: { textFormat: format } }),
    ...(effort && { additionalModelRequestFields: { thinking: { type: 'adaptive' }, output_config: { effort } } }),
  };
}

function toolOf({ name, description, schema }: NonNullable<Ask['tools']>[number]): Tool {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a copy: the SDK's type of free JSON is mutable
  const json = structuredClone(schema) as Record<string, never>;
  return { toolSpec: { name, description, inputSchema: { json } } };
}

function choiceOf(choice: Ask['choice']): { toolChoice?: ToolChoice } {
  if (choice === undefined || choice === 'none') return {};
  return { toolChoice: choice === 'required' ? { any: {} } : { tool: { name: choice.name } } };
}

function outcomeOf(content: readonly ContentBlock[], { stop, usage }: Omit<Said, 'content'>): Outcome {
  return {
    text: content.map((block) => block.text ?? '').join(''),
    reasoning: content.map((block) => block.reasoningContent?.reasoningText?.text ?? '').join(''),
    refusal: '',
    calls: content.flatMap(({ toolUse }) =>
      toolUse === undefined
        ? []
        : [{ id: toolUse.toolUseId ?? '', name: toolUse.name ?? '', args: argsOf(toolUse.input) }],
    ),
    stop: stop ?? '',
    usage: counts({ ...usage }),
  };
}
