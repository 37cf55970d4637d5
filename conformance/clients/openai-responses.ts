import OpenAI from 'openai';
import type {
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInputContent,
  ResponseInputItem,
  ResponseOutputItem,
} from 'openai/resources/responses/responses';
import type { Ask, Part, Say } from '../scenario.ts';
import { argsOf, counts, KEY, type Client, type Conversation, type How, type Outcome } from './client.ts';

export const openAiResponsesClient: Client = {
  name: 'openai responses',
  dialect: 'openai-responses',
  lacks: ['tool-error', 'stop'],
  hides: [],
  refusals: 'apart',
  stops: {
    end: 'completed',
    stop_sequence: 'completed',
    length: 'incomplete/max_output_tokens',
    tool_calls: 'completed',
    content_filter: 'incomplete/content_filter',
    refusal: 'completed',
  },
  usage: ({ input, cached, output, reasoning }) => ({
    input_tokens: input + cached,
    output_tokens: output + reasoning,
    total_tokens: input + cached + output + reasoning,
    cached_tokens: cached,
    reasoning_tokens: reasoning,
  }),
  open: (origin, ask) => new ResponsesConversation(origin, ask),
};

class ResponsesConversation implements Conversation {
  readonly #client: OpenAI;
  readonly #ask: Ask;
  readonly #input: ResponseInputItem[] = [];
  #callIds: readonly string[] = [];

  constructor(origin: string, ask: Ask) {
    this.#client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: KEY, maxRetries: 0 });
    this.#ask = ask;
  }

  async say(says: readonly Say[], { model, stream, signal }: How): Promise<Outcome> {
    for (const said of says) this.#input.push(...this.#itemsOf(said));
    const request = { ...settings(this.#ask), model, input: this.#input };
    const options = signal === undefined ? {} : { signal };
    const response = stream
      ? await this.#client.responses.stream({ ...request, stream: true }, options).finalResponse()
      : await this.#client.responses.create(request, options);
    this.#input.push(...response.output.map((item) => replayed(item)));
    const outcome = outcomeOf(response);
    this.#callIds = outcome.calls.map(({ id }) => id);
    return outcome;
  }

  #itemsOf(said: Say): ResponseInputItem[] {
    if ('user' in said) return [{ role: 'user', content: said.user.map((part) => contentOf(part)) }];
    if ('assistant' in said) return [{ role: 'assistant', content: said.assistant }];
    return said.results.map(({ text }, at) => ({
      type: 'function_call_output',
      call_id: this.#callIds[at] ?? 'none',
      output: text,
    }));
  }
}

/** What came out goes back in as it is: OpenAI says so, the SDK's types doubt it of some hosted tools' items. */
function replayed(item: ResponseOutputItem): ResponseInputItem {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as OpenAI's guides do
  return item as ResponseInputItem;
}

function contentOf(part: Part): ResponseInputContent {
  if ('text' in part) return { type: 'input_text', text: part.text };
  if ('image' in part) {
    return { type: 'input_image', image_url: `data:${part.mime};base64,${part.image}`, detail: 'auto' };
  }
  return { type: 'input_file', filename: part.name, file_data: `data:${part.mime};base64,${part.document}` };
}

function settings(ask: Ask): Omit<ResponseCreateParamsNonStreaming, 'input' | 'model'> {
  const { system, tools, choice, parallel, schema, maxTokens, temperature, effort } = ask;
  return {
    store: false,
    ...(system !== undefined && { instructions: system }),
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function',
        name,
        description,
        parameters,
        strict: false,
      })),
    }),
    ...(choice !== undefined && {
      tool_choice: typeof choice === 'string' ? choice : { type: 'function', name: choice.name },
    }),
    ...(parallel !== undefined && { parallel_tool_calls: parallel }),
    ...(schema && { text: { format: { type: 'json_schema', name: 'answer', schema, strict: true } } }),
    ...(maxTokens !== undefined && { max_output_tokens: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(effort && {
      reasoning: { effort, summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    }),
  };
}

function outcomeOf(response: Response): Outcome {
  const { output, usage, status, incomplete_details: incomplete } = response;
  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  return {
    text: response.output_text,
    reasoning: output
      .flatMap((item) => (item.type === 'reasoning' ? [...item.summary, ...(item.content ?? [])] : []))
      .map(({ text }) => text)
      .join(''),
    refusal: parts.map((part) => (part.type === 'refusal' ? part.refusal : '')).join(''),
    calls: output.flatMap((item) =>
      item.type === 'function_call' ? [{ id: item.call_id, name: item.name, args: argsOf(item.arguments) }] : [],
    ),
    stop: [status ?? '', incomplete?.reason ?? ''].filter((word) => word !== '').join('/'),
    usage: counts({ ...usage, ...usage?.input_tokens_details, ...usage?.output_tokens_details }),
  };
}
