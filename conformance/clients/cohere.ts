import { CohereClientV2, type Cohere } from 'cohere-ai';
import type { Ask, Part, Say } from '../scenario.ts';
import { argsOf, counts, KEY, type Client, type Conversation, type How, type Outcome } from './client.ts';

export const cohereClient: Client = {
  name: 'cohere',
  dialect: 'cohere',
  lacks: ['choice-named', 'parallel', 'tool-error', 'document'],
  hides: [],
  refusals: 'in-text',
  stops: {
    end: 'COMPLETE',
    stop_sequence: 'STOP_SEQUENCE',
    length: 'MAX_TOKENS',
    tool_calls: 'TOOL_CALL',
    content_filter: 'ERROR',
    refusal: 'COMPLETE',
  },
  usage: ({ input, cached, output, reasoning }) => ({
    inputTokens: input + cached,
    outputTokens: output + reasoning,
    cachedTokens: cached,
  }),
  open: (origin, ask) => new CohereConversation(origin, ask),
};

class CohereConversation implements Conversation {
  readonly #client: CohereClientV2;
  readonly #ask: Ask;
  readonly #messages: Cohere.ChatMessageV2[];
  #callIds: readonly string[] = [];

  constructor(origin: string, ask: Ask) {
    this.#client = new CohereClientV2({ token: KEY, environment: origin, maxRetries: 0 });
    this.#ask = ask;
    this.#messages = ask.system === undefined ? [] : [{ role: 'system', content: ask.system }];
  }

  async say(says: readonly Say[], { model, stream, signal }: How): Promise<Outcome> {
    for (const said of says) this.#messages.push(...this.#messagesOf(said));
    const request = { ...settings(this.#ask), model, messages: this.#messages };
    const options = signal === undefined ? {} : { abortSignal: signal };
    const reply = stream
      ? await gathered(await this.#client.chatStream(request, options))
      : await this.#client.chat(request, options);
    this.#messages.push(reply.message);
    const outcome = outcomeOf(reply);
    this.#callIds = outcome.calls.map(({ id }) => id);
    return outcome;
  }

  #messagesOf(said: Say): Cohere.ChatMessageV2[] {
    if ('user' in said) return [{ role: 'user', content: said.user.map((part) => contentOf(part)) }];
    if ('assistant' in said) return [{ role: 'assistant', content: said.assistant }];
    return said.results.map(({ text }, at) => ({
      role: 'tool',
      toolCallId: this.#callIds[at] ?? 'none',
      content: text,
    }));
  }
}

type Reply = Pick<Cohere.V2ChatResponse, 'finishReason' | 'message' | 'usage'>;

/** Cohere's SDK hands out events; index by index they become the message. */
async function gathered(stream: AsyncIterable<Cohere.V2ChatStreamResponse>): Promise<Reply> {
  const content: Cohere.AssistantMessageResponseContentItem[] = [];
  const toolCalls: Cohere.ToolCallV2[] = [];
  let toolPlan = '';
  let end: Cohere.V2ChatStreamResponse.MessageEnd['delta'];
  for await (const event of stream) {
    if (event.type === 'content-start') content[event.index ?? -1] = begun(event.delta?.message?.content);
    else if (event.type === 'content-delta') extend(content[event.index ?? -1], event.delta?.message?.content);
    else if (event.type === 'tool-call-start' && event.delta?.message?.toolCalls !== undefined) {
      toolCalls[event.index ?? -1] = structuredClone(event.delta.message.toolCalls);
    } else if (event.type === 'tool-call-delta') {
      const called = toolCalls[event.index ?? -1]?.function;
      if (called === undefined) throw new Error('a delta for a call that has not begun');
      called.arguments = (called.arguments ?? '') + (event.delta?.message?.toolCalls?.function?.arguments ?? '');
    } else if (event.type === 'tool-plan-delta') toolPlan += event.delta?.message?.toolPlan ?? '';
    else if (event.type === 'message-end') end = event.delta;
  }
  if (end?.finishReason === undefined) throw new Error('the stream ended before message-end');
  const message = {
    role: 'assistant' as const,
    content,
    ...(toolPlan !== '' && { toolPlan }),
    ...(toolCalls.length > 0 && { toolCalls }),
  };
  return { finishReason: end.finishReason, message, ...(end.usage !== undefined && { usage: end.usage }) };
}

function begun(
  content: Cohere.ChatContentStartEventDeltaMessageContent | undefined,
): Cohere.AssistantMessageResponseContentItem {
  return content?.type === 'thinking'
    ? { type: 'thinking', thinking: content.thinking ?? '' }
    : { type: 'text', text: content?.text ?? '' };
}

function extend(
  item: Cohere.AssistantMessageResponseContentItem | undefined,
  delta: Cohere.ChatContentDeltaEventDeltaMessageContent | undefined,
): void {
  if (item === undefined) throw new Error('a delta for content that has not begun');
  if (item.type === 'text') item.text += delta?.text ?? '';
  else item.thinking += delta?.thinking ?? '';
}

function contentOf(part: Part): Cohere.Content {
  if ('text' in part) return { type: 'text', text: part.text };
  if ('image' in part) return { type: 'image_url', imageUrl: { url: `data:${part.mime};base64,${part.image}` } };
  throw new Error('Cohere takes no documents in messages');
}

function settings(ask: Ask): Omit<Cohere.V2ChatRequest, 'messages' | 'model'> {
  const { tools, choice, schema, stop, maxTokens, temperature, effort } = ask;
  return {
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function',
        function: { name, description, parameters: { ...parameters } },
      })),
    }),
    ...(typeof choice === 'string' && { toolChoice: choice === 'none' ? 'NONE' : 'REQUIRED' }),
    ...(schema && { responseFormat: { type: 'json_object', jsonSchema: { ...schema } } }),
    ...(stop && { stopSequences: [...stop] }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(effort && { thinking: { type: 'enabled' } }),
  };
}

function outcomeOf({ finishReason, message, usage }: Reply): Outcome {
  const { content = [], toolCalls = [], toolPlan = '' } = message;
  return {
    text: content.map((item) => (item.type === 'text' ? item.text : '')).join('') + toolPlan,
    reasoning: content.map((item) => (item.type === 'thinking' ? item.thinking : '')).join(''),
    refusal: '',
    calls: toolCalls.map((call) => ({
      id: call.id,
      name: call.function?.name ?? '',
      args: argsOf(call.function?.arguments),
    })),
    stop: finishReason,
    usage: counts({ ...usage?.tokens, cachedTokens: usage?.cachedTokens }),
  };
}
