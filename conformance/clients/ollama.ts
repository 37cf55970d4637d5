import { Ollama, type ChatRequest, type ChatResponse, type Message } from 'ollama';
import type { Ask, Say } from '../scenario.ts';
import { argsOf, counts, extraText, textOf, type Client, type Conversation, type How, type Outcome } from './client.ts';

export const ollamaClient: Client = {
  name: 'ollama',
  dialect: 'ollama',
  lacks: ['choice-none', 'choice-required', 'choice-named', 'parallel', 'tool-error', 'document'],
  hides: [],
  refusals: 'in-text',
  staysFor: 'plain',
  stops: {
    end: 'stop',
    stop_sequence: 'stop',
    length: 'length',
    tool_calls: 'stop',
    content_filter: 'stop',
    refusal: 'stop',
  },
  usage: ({ input, cached, output, reasoning }) => ({
    prompt_eval_count: input + cached,
    eval_count: output + reasoning,
  }),
  open: (origin, ask) => new OllamaConversation(origin, ask),
};

class OllamaConversation implements Conversation {
  readonly #client: Ollama;
  readonly #ask: Ask;
  readonly #messages: Message[];
  #calls: Outcome['calls'] = [];

  constructor(origin: string, ask: Ask) {
    this.#client = new Ollama({ host: origin });
    this.#ask = ask;
    this.#messages = ask.system === undefined ? [] : [{ role: 'system', content: ask.system }];
  }

  async say(says: readonly Say[], { model, stream, signal }: How): Promise<Outcome> {
    for (const said of says) this.#messages.push(...this.#messagesOf(said));
    const request = { ...settings(this.#ask), model, messages: this.#messages };
    // This SDK cancels by client, not by call.
    signal?.addEventListener('abort', () => this.#client.abort());
    const replies: ChatResponse[] = [];
    if (stream) for await (const reply of await this.#client.chat({ ...request, stream: true })) replies.push(reply);
    else replies.push(await this.#client.chat({ ...request, stream: false }));
    const message = whole(replies.map((reply) => reply.message));
    this.#messages.push(message);
    const outcome = outcomeOf(message, replies.at(-1));
    this.#calls = outcome.calls;
    return outcome;
  }

  #messagesOf(said: Say): Message[] {
    if ('assistant' in said) return [{ role: 'assistant', content: said.assistant }];
    if ('results' in said) {
      // The SDK's type knows no ids of calls: results are told apart by the tool's name and by their order.
      return said.results.map(({ text }, at) => ({
        role: 'tool',
        content: text,
        tool_name: this.#calls[at]?.name ?? 'none',
      }));
    }
    const images = said.user.flatMap((part) => ('image' in part ? [part.image] : []));
    const content = said.user.map((part) => textOf(part)).join('');
    return [{ role: 'user', content, ...(images.length > 0 && { images }) }];
  }
}

function whole(messages: readonly Message[]): Message {
  const calls = messages.flatMap((message) => message.tool_calls ?? []);
  const thinking = messages.map((message) => message.thinking ?? '').join('');
  return {
    role: 'assistant',
    content: messages.map((message) => message.content).join(''),
    ...(thinking !== '' && { thinking }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function settings(ask: Ask): Omit<ChatRequest, 'messages' | 'model' | 'stream'> {
  const { tools, schema, stop, maxTokens, temperature, effort } = ask;
  const options = {
    ...(stop && { stop: [...stop] }),
    ...(maxTokens !== undefined && { num_predict: maxTokens }),
    ...(temperature !== undefined && { temperature }),
  };
  return {
    ...(tools && {
      tools: tools.map(({ name, description, schema: parameters }) => ({
        type: 'function',
        function: { name, description, parameters },
      })),
    }),
    ...(schema && { format: schema }),
    ...(effort && { think: effort }),
    ...(Object.keys(options).length > 0 && { options }),
  };
}

function outcomeOf(message: Message, last: ChatResponse | undefined): Outcome {
  return {
    text: message.content,
    reasoning: message.thinking ?? '',
    refusal: '',
    calls: (message.tool_calls ?? []).map((call) => ({
      id: extraText(call, 'id'),
      name: call.function.name,
      args: argsOf(call.function.arguments),
    })),
    stop: last?.done === true ? last.done_reason : '',
    usage: counts({ prompt_eval_count: last?.prompt_eval_count, eval_count: last?.eval_count }),
  };
}
