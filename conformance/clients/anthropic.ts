import Anthropic from '@anthropic-ai/sdk';
import type {
  ContentBlockParam,
  Message,
  MessageCreateParamsNonStreaming,
  MessageParam,
  ToolChoice,
} from '@anthropic-ai/sdk/resources/messages';
import type { Ask, Part, Say } from '../scenario.ts';
import { argsOf, counts, KEY, type Client, type Conversation, type How, type Outcome } from './client.ts';

export const anthropicClient: Client = {
  name: 'anthropic',
  dialect: 'anthropic',
  lacks: [],
  hides: [],
  refusals: 'in-text',
  showsSequence: true,
  stops: {
    end: 'end_turn',
    stop_sequence: 'stop_sequence',
    length: 'max_tokens',
    tool_calls: 'tool_use',
    content_filter: 'refusal',
    refusal: 'refusal',
  },
  usage: ({ input, cached, output, reasoning }) => ({
    input_tokens: input,
    cache_read_input_tokens: cached,
    output_tokens: output + reasoning,
  }),
  open: (origin, ask) => new MessagesConversation(origin, ask),
};

class MessagesConversation implements Conversation {
  readonly #client: Anthropic;
  readonly #ask: Ask;
  readonly #messages: MessageParam[] = [];
  #callIds: readonly string[] = [];

  constructor(origin: string, ask: Ask) {
    this.#client = new Anthropic({ baseURL: origin, apiKey: KEY, maxRetries: 0 });
    this.#ask = ask;
  }

  async say(says: readonly Say[], { model, stream, signal }: How): Promise<Outcome> {
    for (const said of says) this.#messages.push(this.#messageOf(said));
    const request = { ...settings(this.#ask), model, messages: this.#messages };
    const options = signal === undefined ? {} : { signal };
    const message = stream
      ? await this.#client.messages.stream(request, options).finalMessage()
      : await this.#client.messages.create(request, options);
    this.#messages.push({ role: 'assistant', content: message.content });
    const outcome = outcomeOf(message);
    this.#callIds = outcome.calls.map(({ id }) => id);
    return outcome;
  }

  #messageOf(said: Say): MessageParam {
    if ('user' in said) return { role: 'user', content: said.user.map((part) => blockOf(part)) };
    if ('assistant' in said) return { role: 'assistant', content: said.assistant };
    return {
      role: 'user',
      content: said.results.map(({ text, isError }, at) => ({
        type: 'tool_result',
        tool_use_id: this.#callIds[at] ?? 'none',
        content: text,
        ...(isError !== undefined && { is_error: isError }),
      })),
    };
  }
}

function blockOf(part: Part): ContentBlockParam {
  if ('text' in part) return { type: 'text', text: part.text };
  if ('image' in part) {
    return { type: 'image', source: { type: 'base64', media_type: part.mime, data: part.image } };
  }
  const source = { type: 'base64', media_type: part.mime, data: part.document } as const;
  return { type: 'document', source, title: part.name };
}

function settings(ask: Ask): Omit<MessageCreateParamsNonStreaming, 'messages' | 'model'> {
  const { system, tools, choice, parallel, schema, stop, maxTokens, effort } = ask;
  return {
    max_tokens: maxTokens ?? 20_000,
    ...(system !== undefined && { system }),
    ...(tools && {
      tools: tools.map(({ name, description, schema: input }) => ({
        name,
        description,
        input_schema: { ...input, type: 'object' },
      })),
    }),
    ...((choice !== undefined || parallel !== undefined) && { tool_choice: choiceOf(choice, parallel) }),
    ...(schema && { output_config: { format: { type: 'json_schema', schema } } }),
    ...(stop && { stop_sequences: [...stop] }),
    ...(effort && { thinking: { type: 'adaptive' }, output_config: { effort } }),
  };
}

function choiceOf(choice: Ask['choice'], parallel: boolean | undefined): ToolChoice {
  if (choice === 'none') return { type: 'none' };
  const alone = parallel === false ? { disable_parallel_tool_use: true } : {};
  if (choice === undefined) return { type: 'auto', ...alone };
  return choice === 'required' ? { type: 'any', ...alone } : { type: 'tool', name: choice.name, ...alone };
}

function outcomeOf({ content, stop_reason: stop, stop_sequence: sequence, usage }: Message): Outcome {
  return {
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    refusal: '',
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, args: argsOf(block.input) }] : [],
    ),
    stop: `${stop ?? ''}${sequence === null ? '' : ` ${sequence}`}`,
    usage: counts({ ...usage, ...usage.output_tokens_details }),
  };
}
