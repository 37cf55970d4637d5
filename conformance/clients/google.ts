import {
  FunctionCallingConfigMode,
  GoogleGenAI,
  ThinkingLevel,
  type Content,
  type GenerateContentConfig,
  type GenerateContentResponse,
  type Part as GooglePart,
} from '@google/genai';
import type { Ask, Part, Say } from '../scenario.ts';
import { argsOf, counts, KEY, type Client, type Conversation, type How, type Outcome } from './client.ts';

export const googleClient: Client = {
  name: 'google genai',
  dialect: 'gemini',
  lacks: ['parallel'],
  hides: [],
  refusals: 'in-text',
  stops: {
    end: 'STOP',
    stop_sequence: 'STOP',
    length: 'MAX_TOKENS',
    tool_calls: 'STOP',
    content_filter: 'SAFETY',
    refusal: 'SAFETY',
  },
  usage: ({ input, cached, output, reasoning }) => ({
    promptTokenCount: input + cached,
    cachedContentTokenCount: cached,
    candidatesTokenCount: output,
    thoughtsTokenCount: reasoning,
    totalTokenCount: input + cached + output + reasoning,
  }),
  open: (origin, ask) => new GoogleConversation(origin, ask),
};

class GoogleConversation implements Conversation {
  readonly #client: GoogleGenAI;
  readonly #ask: Ask;
  readonly #contents: Content[] = [];
  #calls: Outcome['calls'] = [];

  constructor(origin: string, ask: Ask) {
    this.#client = new GoogleGenAI({ apiKey: KEY, httpOptions: { baseUrl: origin } });
    this.#ask = ask;
  }

  async say(says: readonly Say[], { model, stream, signal }: How): Promise<Outcome> {
    for (const said of says) this.#contents.push(this.#contentOf(said));
    const config = { ...settings(this.#ask), ...(signal !== undefined && { abortSignal: signal }) };
    const request = { model, contents: this.#contents, config };
    const replies: GenerateContentResponse[] = [];
    if (stream) {
      for await (const reply of await this.#client.models.generateContentStream(request)) replies.push(reply);
    } else replies.push(await this.#client.models.generateContent(request));
    const parts = replies.flatMap((reply) => reply.candidates?.[0]?.content?.parts ?? []);
    this.#contents.push({ role: 'model', parts });
    const outcome = outcomeOf(parts, replies);
    this.#calls = outcome.calls;
    return outcome;
  }

  #contentOf(said: Say): Content {
    if ('user' in said) return { role: 'user', parts: said.user.map((part) => partOf(part)) };
    if ('assistant' in said) return { role: 'model', parts: [{ text: said.assistant }] };
    const parts = said.results.map(({ text, isError }, at) => {
      const { id = '', name = '' } = this.#calls[at] ?? {};
      const response = isError === true ? { error: text } : { output: text };
      return { functionResponse: { ...(id !== '' && { id }), name, response } };
    });
    return { role: 'user', parts };
  }
}

function partOf(part: Part): GooglePart {
  if ('text' in part) return { text: part.text };
  return { inlineData: { mimeType: part.mime, data: 'image' in part ? part.image : part.document } };
}

function settings(ask: Ask): GenerateContentConfig {
  const { system, tools, choice, schema, stop, maxTokens, temperature, effort } = ask;
  return {
    ...(system !== undefined && { systemInstruction: system }),
    ...(tools && {
      tools: [
        {
          functionDeclarations: tools.map(({ name, description, schema: parametersJsonSchema }) => ({
            name,
            description,
            parametersJsonSchema,
          })),
        },
      ],
    }),
    ...(choice !== undefined && { toolConfig: { functionCallingConfig: choiceOf(choice) } }),
    ...(schema && { responseMimeType: 'application/json', responseJsonSchema: schema }),
    ...(stop && { stopSequences: [...stop] }),
    ...(maxTokens !== undefined && { maxOutputTokens: maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(effort && { thinkingConfig: { includeThoughts: true, thinkingLevel: ThinkingLevel.HIGH } }),
  };
}

function choiceOf(choice: NonNullable<Ask['choice']>): {
  mode: FunctionCallingConfigMode;
  allowedFunctionNames?: string[];
} {
  if (choice === 'none') return { mode: FunctionCallingConfigMode.NONE };
  const mode = FunctionCallingConfigMode.ANY;
  return choice === 'required' ? { mode } : { mode, allowedFunctionNames: [choice.name] };
}

function outcomeOf(parts: readonly GooglePart[], replies: readonly GenerateContentResponse[]): Outcome {
  const { usageMetadata } = replies.findLast((reply) => reply.usageMetadata !== undefined) ?? {};
  return {
    text: parts.map(({ text = '', thought }) => (thought === true ? '' : text)).join(''),
    reasoning: parts.map(({ text = '', thought }) => (thought === true ? text : '')).join(''),
    refusal: '',
    calls: parts.flatMap(({ functionCall: call }) =>
      call === undefined ? [] : [{ id: call.id ?? '', name: call.name ?? '', args: argsOf(call.args ?? {}) }],
    ),
    stop: replies.map((reply) => reply.candidates?.[0]?.finishReason ?? '').join(''),
    usage: counts(usageMetadata ?? {}),
  };
}
