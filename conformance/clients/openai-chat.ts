import OpenAI from 'openai';
import type {
  ChatCompletion,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
  ChatCompletionToolChoiceOption,
} from 'openai/resources/chat/completions';
import type { Ask, Part, Say } from '../scenario.ts';
import { argsOf, counts, extraText, KEY, type Client, type Conversation, type How, type Outcome } from './client.ts';

export const openAiChatClient: Client = {
  name: 'openai chat',
  dialect: 'openai-chat',
  lacks: ['tool-error'],
  hides: [],
  refusals: 'apart',
  stops: {
    end: 'stop',
    stop_sequence: 'stop',
    length: 'length',
    tool_calls: 'tool_calls',
    content_filter: 'content_filter',
    refusal: 'stop',
  },
  usage: ({ input, cached, output, reasoning }) => ({
    prompt_tokens: input + cached,
    completion_tokens: output + reasoning,
    total_tokens: input + cached + output + reasoning,
    cached_tokens: cached,
    reasoning_tokens: reasoning,
  }),
  open: (origin, ask) => new ChatConversation(origin, ask),
};

class ChatConversation implements Conversation {
  readonly #client: OpenAI;
  readonly #ask: Ask;
  readonly #messages: ChatCompletionMessageParam[];
  #callIds: readonly string[] = [];

  constructor(origin: string, ask: Ask) {
    this.#client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: KEY, maxRetries: 0 });
    this.#ask = ask;
    this.#messages = ask.system === undefined ? [] : [{ role: 'system', content: ask.system }];
  }

  async say(says: readonly Say[], { model, stream, signal }: How): Promise<Outcome> {
    for (const said of says) this.#messages.push(...this.#messagesOf(said));
    const request = { ...settings(this.#ask), model, messages: this.#messages };
    const options = signal === undefined ? {} : { signal };
    const { completion, reasoning } = stream
      ? await this.#streamed(request, options)
      : { completion: await this.#client.chat.completions.create(request, options), reasoning: undefined };
    const message = completion.choices[0]?.message;
    if (message === undefined) throw new Error('no choice');
    this.#messages.push(message);
    const outcome = outcomeOf(completion, reasoning ?? extraText(message, 'reasoning_content'));
    this.#callIds = outcome.calls.map(({ id }) => id);
    return outcome;
  }

  async #streamed(
    request: ChatCompletionCreateParamsNonStreaming,
    options: { signal?: AbortSignal },
  ): Promise<{ completion: ChatCompletion; reasoning: string }> {
    const asked = { ...request, stream: true, stream_options: { include_usage: true } } as const;
    const running = this.#client.chat.completions.stream(asked, options);
    let reasoning = '';
    for await (const { choices } of running) {
      for (const { delta } of choices) reasoning += extraText(delta, 'reasoning_content');
    }
    return { completion: await running.finalChatCompletion(), reasoning };
  }

  #messagesOf(said: Say): ChatCompletionMessageParam[] {
    if ('user' in said) return [{ role: 'user', content: contentOf(said.user) }];
    if ('assistant' in said) return [{ role: 'assistant', content: said.assistant }];
    return said.results.map(({ text }, at) => ({
      role: 'tool',
      tool_call_id: this.#callIds[at] ?? 'none',
      content: text,
    }));
  }
}

function contentOf(parts: readonly Part[]): string | ChatCompletionContentPart[] {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && 'text' in only) return only.text;
  return parts.map((part) => {
    if ('text' in part) return { type: 'text', text: part.text };
    if ('image' in part) return { type: 'image_url', image_url: { url: `data:${part.mime};base64,${part.image}` } };
    return { type: 'file', file: { filename: part.name, file_data: `data:${part.mime};base64,${part.document}` } };
  });
}

function settings(ask: Ask): Omit<ChatCompletionCreateParamsNonStreaming, 'messages' | 'model'> {
  const { tools, choice, parallel, schema, stop, maxTokens, temperature, effort } = ask;
  return {
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
    }),
    ...(choice !== undefined && { tool_choice: choiceOf(choice) }),
    ...(parallel !== undefined && { parallel_tool_calls: parallel }),
    ...(schema && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
    }),
    ...(stop && { stop: [...stop] }),
    ...(maxTokens !== undefined && { max_completion_tokens: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(effort && { reasoning_effort: effort }),
  };
}

function choiceOf(choice: NonNullable<Ask['choice']>): ChatCompletionToolChoiceOption {
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } };
}

function outcomeOf({ choices, usage }: ChatCompletion, reasoning: string): Outcome {
  const [choice] = choices;
  const calls = (choice?.message.tool_calls ?? []).flatMap((call) =>
    call.type === 'function' ? [{ id: call.id, name: call.function.name, args: argsOf(call.function.arguments) }] : [],
  );
  return {
    text: choice?.message.content ?? '',
    reasoning,
    refusal: choice?.message.refusal ?? '',
    calls,
    stop: choice?.finish_reason ?? '',
    usage: counts({ ...usage, ...usage?.prompt_tokens_details, ...usage?.completion_tokens_details }),
  };
}
