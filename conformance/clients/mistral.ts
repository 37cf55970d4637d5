import { Mistral } from '@mistralai/mistralai';
import type {
  AssistantMessage,
  ChatCompletionRequest,
  ContentChunk,
  CompletionEvent,
  ToolCall,
  UsageInfo,
} from '@mistralai/mistralai/models/components';
import type { Ask, Part, Say } from '../scenario.ts';
import { argsOf, counts, isObject, KEY, type Client, type Conversation, type How, type Outcome } from './client.ts';

/** Speaks to the door of OpenAI's chat completions, whose dialect is close to its own. */
export const mistralClient: Client = {
  name: 'mistral',
  dialect: 'openai-chat',
  lacks: ['tool-error'],
  hides: ['reasoning', 'stream-usage'],
  refusals: 'nowhere',
  // It copies its request on the way to fetch, and Node loses the signal of the copied one now and then.
  staysFor: 'all',
  stops: {
    end: 'stop',
    stop_sequence: 'stop',
    length: 'length',
    tool_calls: 'tool_calls',
    content_filter: 'content_filter',
    refusal: 'stop',
  },
  usage: ({ input, cached, output, reasoning }) => ({
    promptTokens: input + cached,
    completionTokens: output + reasoning,
    totalTokens: input + cached + output + reasoning,
  }),
  open: (origin, ask) => new MistralConversation(origin, ask),
};

type Messages = ChatCompletionRequest['messages'];

class MistralConversation implements Conversation {
  readonly #client: Mistral;
  readonly #ask: Ask;
  readonly #messages: Messages;
  #callIds: readonly string[] = [];

  constructor(origin: string, ask: Ask) {
    this.#client = new Mistral({ apiKey: KEY, serverURL: origin, retryConfig: { strategy: 'none' } });
    this.#ask = ask;
    this.#messages = ask.system === undefined ? [] : [{ role: 'system', content: ask.system }];
  }

  async say(says: readonly Say[], { model, stream, signal }: How): Promise<Outcome> {
    for (const said of says) this.#messages.push(...this.#messagesOf(said));
    const request = { ...settings(this.#ask), model, messages: this.#messages };
    const options = signal === undefined ? {} : { fetchOptions: { signal } };
    const { message, stop, usage } = stream
      ? await gathered(await this.#client.chat.stream(request, options))
      : wholeOf(await this.#client.chat.complete(request, options));
    this.#messages.push({ ...message, role: 'assistant' });
    const outcome = outcomeOf(message, { stop, usage });
    this.#callIds = outcome.calls.map(({ id }) => id);
    return outcome;
  }

  #messagesOf(one: Say): Messages {
    if ('user' in one) return [{ role: 'user', content: one.user.map((part) => chunkOf(part)) }];
    if ('assistant' in one) return [{ role: 'assistant', content: one.assistant }];
    return one.results.map(({ text }, at) => ({
      role: 'tool',
      toolCallId: this.#callIds[at] ?? 'none',
      content: text,
    }));
  }
}

interface Said {
  readonly message: AssistantMessage;
  readonly stop: string;
  readonly usage: UsageInfo | undefined;
}

function wholeOf(reply: Awaited<ReturnType<Mistral['chat']['complete']>>): Said {
  const [choice] = reply.choices;
  if (choice === undefined) throw new Error('no choice');
  return { message: choice.message ?? {}, stop: choice.finishReason, usage: reply.usage };
}

/** Mistral's SDK hands out chunks: text is joined, calls are put together by their id. */
async function gathered(stream: AsyncIterable<CompletionEvent>): Promise<Said> {
  const toolCalls: ToolCall[] = [];
  let content = '';
  let stop = '';
  let usage: UsageInfo | undefined;
  for await (const { data } of stream) {
    usage = data.usage ?? usage;
    const [choice] = data.choices;
    if (choice === undefined) continue;
    content += textIn(choice.delta.content);
    for (const call of choice.delta.toolCalls ?? []) addCall(toolCalls, call);
    stop = choice.finishReason ?? stop;
  }
  if (stop === '') throw new Error('the stream ended without a finish reason');
  return { message: { content, ...(toolCalls.length > 0 && { toolCalls }) }, stop, usage };
}

function addCall(calls: ToolCall[], call: ToolCall): void {
  // The SDK makes up `null` for an id that is not there.
  const isNew = call.id !== undefined && call.id !== 'null' && !calls.some(({ id }) => id === call.id);
  const open = isNew ? undefined : calls.at(call.index ?? -1);
  if (open === undefined) calls.push(call);
  else open.function.arguments = textOfArguments(open) + textOfArguments(call);
}

function textOfArguments({ function: { arguments: given } }: ToolCall): string {
  return typeof given === 'string' ? given : JSON.stringify(given);
}

function textIn(content: string | readonly ContentChunk[] | null | undefined): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((chunk) => (chunk.type === 'text' ? chunk.text : '')).join('');
}

function chunkOf(part: Part): ContentChunk {
  if ('text' in part) return { type: 'text', text: part.text };
  if ('image' in part) return { type: 'image_url', imageUrl: `data:${part.mime};base64,${part.image}` };
  const documentUrl = `data:${part.mime};base64,${part.document}`;
  return { type: 'document_url', documentUrl, documentName: part.name };
}

function settings(ask: Ask): Omit<ChatCompletionRequest, 'messages' | 'model'> {
  const { tools, choice, parallel, schema, stop, maxTokens, temperature, effort } = ask;
  return {
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function',
        function: { name, description, parameters: { ...parameters } },
      })),
    }),
    ...(choice !== undefined && {
      toolChoice: typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } },
    }),
    ...(parallel !== undefined && { parallelToolCalls: parallel }),
    ...(schema && {
      responseFormat: {
        type: 'json_schema',
        jsonSchema: { name: 'answer', schemaDefinition: { ...schema }, strict: true },
      },
    }),
    ...(stop && { stop: [...stop] }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(effort && { reasoningEffort: effort }),
  };
}

function outcomeOf({ content, toolCalls }: AssistantMessage, { stop, usage }: Omit<Said, 'message'>): Outcome {
  return {
    text: textIn(content),
    reasoning: '',
    refusal: '',
    calls: (toolCalls ?? []).map((call) => ({
      id: call.id ?? '',
      name: call.function.name,
      args: argsOf(call.function.arguments),
    })),
    stop,
    usage: counts(isObject(usage) ? usage : {}),
  };
}
