import {
  FunctionCallingConfigMode,
  GoogleGenAI,
  ThinkingLevel,
  Type,
  type GenerateContentConfig,
  type GenerateContentResponse,
} from '@google/genai';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import { parseExact, type Json } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { STREAMS } from './__fixtures__/answers.ts';
import { reply, replyContext, sse, stream, write } from './__fixtures__/contexts.ts';
import { geminiCallFromPath } from './call-path.ts';
import { readCountRequest, writeCountReply } from './count-tokens.ts';
import { readEmbedRequest, writeEmbedReply } from './embed-content.ts';
import { geminiCaller } from './gemini-caller.ts';
import { writeModelCard, writeModelList } from './model-cards.ts';

interface Sent {
  readonly path: string;
  readonly body: Json;
}

/** The official SDK, whose calls are answered by `answer`. */
function sdk(answer: (sent: Sent) => Response): { readonly ai: GoogleGenAI; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const ai = new GoogleGenAI({
    apiKey: 'k',
    httpOptions: {
      fetch: async (input, init) => {
        const url = new URL(input instanceof Request ? input.url : input);
        const call = {
          path: url.pathname + url.search,
          body: parseExact(typeof init?.body === 'string' ? init.body : 'null') ?? null,
        };
        sent.push(call);
        return answer(call);
      },
    },
  });
  return { ai, sent };
}

function answered(body: string, status = 200, type = 'application/json'): Response {
  return new Response(body, { status, headers: { 'content-type': type } });
}

function requestOf({ path, body }: Sent): ChatRequest {
  const call = geminiCallFromPath(path);
  return geminiCaller.readRequest(body, {
    ...(call !== undefined && { model: call.model }),
    stream: call?.action === 'streamGenerateContent',
    header: () => undefined,
  });
}

function streamBytes(events: readonly StreamEvent[]): string {
  const writer = geminiCaller.streamWriter(replyContext());
  return events.map((event) => writer.write(event).toString()).join('');
}

const event = (chunks: readonly object[]): readonly StreamEvent[] => stream(sse(...chunks)).events;

/** Of the first candidate, which need not be the first in its chunk. */
function textOf({ candidates }: GenerateContentResponse): string {
  const parts = candidates?.find(({ index }) => index === 0)?.content?.parts ?? [];
  return parts.flatMap(({ text, thought }) => (thought === true ? [] : [text ?? ''])).join('');
}

describe("Google's SDK", () => {
  beforeEach(() => {
    // It warns of every part that is no text.
    vi.spyOn(console, 'warn').mockReturnValue();
  });

  it('writes requests that are read and written back as they were', async () => {
    const { ai, sent } = sdk(() => answered(geminiCaller.writeReply(reply(STREAMS.TEXT), replyContext())));
    const config: GenerateContentConfig = {
      systemInstruction: 'Be brief.',
      temperature: 0.5,
      topK: 4,
      stopSequences: ['END'],
      maxOutputTokens: 50,
      responseMimeType: 'application/json',
      responseSchema: { type: Type.OBJECT, properties: { a: { type: Type.STRING, nullable: true } } },
      thinkingConfig: { thinkingLevel: ThinkingLevel.LOW, includeThoughts: true },
      tools: [
        {
          functionDeclarations: [
            { name: 'look', parameters: { type: Type.OBJECT, properties: { at: { type: Type.STRING } } } },
          ],
        },
        { googleSearch: {} },
      ],
      toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['look'] } },
      safetySettings: [],
    };
    const answer = await ai.models.generateContent({ model: 'gemini-3-flash', contents: 'Hello', config });
    expect(answer.text).toBe('Héllo 😀');
    expect(answer.usageMetadata?.totalTokenCount).toBe(8);
    const [first] = sent;
    if (first === undefined) throw new Error('nothing was sent');
    const request = requestOf(first);
    expect(request).toMatchObject({
      model: 'gemini-3-flash',
      stream: false,
      instructions: [{ text: 'Be brief.' }],
      turns: [{ role: 'user', blocks: [{ text: 'Hello' }] }],
      sampling: { temperature: 0.5, topK: 4, stop: ['END'] },
      maxOutputTokens: 50,
      output: { format: { schema: { properties: { a: { type: ['string', 'null'] } } } } },
      reasoning: { mode: 'effort', effort: 'low', expose: 'summary' },
      tools: [{ name: 'look' }, { kind: 'hosted', name: 'googleSearch' }],
      toolChoice: { mode: 'named', name: 'look' },
    });
    const again = write(request, { model: 'gemini-3-flash', stream: false, rules: { kind: 'x' } });
    expect(again.losses).toEqual([]);
    expect(
      geminiCaller.readRequest(parseExact(JSON.stringify(again.body)) ?? null, {
        model: 'gemini-3-flash',
        header: () => undefined,
      }),
    ).toEqual(request);
  });

  it.each(Object.entries(STREAMS))('reads our streams as it reads our answers: %s', async (_, chunks) => {
    const { ai } = sdk(({ path }) =>
      path.includes('stream')
        ? answered(streamBytes(event(chunks)), 200, 'text/event-stream')
        : answered(geminiCaller.writeReply(reply(chunks), replyContext())),
    );
    const whole = await ai.models.generateContent({ model: 'x', contents: 'Hello' });
    let text = '';
    const calls: unknown[] = [];
    let last: typeof whole | undefined;
    for await (const part of await ai.models.generateContentStream({ model: 'x', contents: 'Hello' })) {
      text += textOf(part);
      calls.push(...(part.functionCalls ?? []));
      last = part;
    }
    expect(text).toBe(textOf(whole));
    expect(calls).toEqual(whole.functionCalls ?? []);
    expect(last?.candidates?.[0]?.finishReason).toEqual(whole.candidates?.[0]?.finishReason);
    expect(last?.promptFeedback).toEqual(whole.promptFeedback);
    expect(last?.usageMetadata).toEqual(whole.usageMetadata);
  });

  it('keeps turns of our streams in its chats, and sends them back whole', async () => {
    const { ai, sent } = sdk(() => answered(streamBytes(event(STREAMS.THOUGHTS_AND_CALLS)), 200, 'text/event-stream'));
    const chat = ai.chats.create({ model: 'gemini-3-flash' });
    for await (const _ of await chat.sendMessageStream({ message: 'Hello' }));
    const response = (name: string, id?: string): object => ({
      functionResponse: { name, response: { output: 'x' }, ...(id !== undefined && { id }) },
    });
    const message = [response('look'), response('look'), response('now', 'own-id')];
    for await (const _ of await chat.sendMessageStream({ message }));
    const [, second] = sent;
    if (second === undefined) throw new Error('nothing was sent');
    const folded = stream(sse(...STREAMS.THOUGHTS_AND_CALLS)).folded;
    const request = requestOf(second);
    expect(request.stream).toBe(true);
    expect(request.turns).toHaveLength(3);
    expect(request.turns[1]?.blocks).toEqual(
      folded !== undefined && 'choices' in folded ? folded.choices[0]?.blocks : [],
    );
    expect(request.turns[2]?.blocks.map((block) => (block.type === 'tool_result' ? block.callId : ''))).toEqual([
      'call_1',
      'call_2',
      'own-id',
    ]);
  });

  it('throws our errors, at the beginning and in a stream', async () => {
    const error = {
      status: 429,
      kind: 'rate_limited',
      code: 'limit.rate',
      message: 'Slow down.',
      retry: true,
      requestId: 'r',
    } as const;
    const { ai } = sdk(() => answered(geminiCaller.writeError(error).body, 429));
    await expect(ai.models.generateContent({ model: 'x', contents: 'a' })).rejects.toMatchObject({
      status: 429,
      message: expect.stringContaining('Slow down.'),
    });

    const writer = geminiCaller.streamWriter(replyContext());
    const begun = event(STREAMS.TEXT)
      .slice(0, 5)
      .map((one) => writer.write(one).toString());
    const body = [...begun, writer.keepAlive(), writer.fail({ ...error, status: 503 })].join('');
    const broken = sdk(() => answered(body, 200, 'text/event-stream'));
    const read = async (): Promise<string> => {
      let text = '';
      for await (const part of await broken.ai.models.generateContentStream({ model: 'x', contents: 'a' }))
        text += part.text ?? '';
      return text;
    };
    await expect(read()).rejects.toMatchObject({ status: 503 });
  });

  it('counts, embeds and lists models', async () => {
    const { ai, sent } = sdk(({ path }) => {
      if (path.includes(':countTokens')) return answered(writeCountReply(7));
      if (path.includes('mbedContent'))
        return answered(
          writeEmbedReply(
            [
              [1, 2],
              [3, 4],
            ],
            { single: false },
          ),
        );
      const models = [{ id: 'x', outputTokenLimit: 5 }, { id: 'y' }];
      return answered(
        path.includes('/models/x') ? writeModelCard({ id: 'x', inputTokenLimit: 9 }) : writeModelList(models),
      );
    });
    expect((await ai.models.countTokens({ model: 'x', contents: 'Hello' })).totalTokens).toBe(7);
    const embedded = await ai.models.embedContent({
      model: 'e',
      contents: ['a', 'b'],
      config: { outputDimensionality: 2, taskType: 'CLUSTERING' },
    });
    expect(embedded.embeddings?.map(({ values }) => values)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect((await ai.models.get({ model: 'x' })).inputTokenLimit).toBe(9);
    const names: unknown[] = [];
    for await (const { name } of await ai.models.list()) names.push(name);
    expect(names).toEqual(['models/x', 'models/y']);

    const [counted, asked] = sent;
    if (counted === undefined || asked === undefined) throw new Error('nothing was sent');
    expect(readCountRequest(counted.body, { model: 'x', header: () => undefined }).turns).toHaveLength(1);
    const call = geminiCallFromPath(asked.path);
    if (call === undefined) throw new Error('no call');
    expect(readEmbedRequest(asked.body, call)).toEqual({
      model: 'e',
      input: ['a', 'b'],
      dimensions: 2,
      single: false,
      natives: [{ taskType: 'CLUSTERING' }, { taskType: 'CLUSTERING' }],
    });
  });
});
