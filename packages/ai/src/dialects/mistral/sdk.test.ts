import { Mistral } from '@mistralai/mistralai';
import { HTTPClient } from '@mistralai/mistralai/lib/http.js';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import { unfoldReply } from '../../canonical/fold-stream.ts';
import { openAiChatCaller } from '../openai-chat/caller.ts';
import { asJson, foreign, NO_FACTS, replyContext, written } from '../chat-shaped/__fixtures__/contexts.ts';
import { mistralProvider } from './mistral-provider.ts';

/** Mistral's SDK, to which the gate answers with this; `seen` gets the bodies of its calls. */
function client(answer: string, seen: string[] = []): Mistral {
  const fetcher = async (input: Request | string | URL): Promise<Response> => {
    if (input instanceof Request) seen.push(await input.text());
    const type = answer.startsWith('{') ? 'application/json' : openAiChatCaller.streamType;
    return new Response(answer, { headers: { 'content-type': type } });
  };
  return new Mistral({ apiKey: 'k', httpClient: new HTTPClient({ fetcher }) });
}

const reply: ChatReply = {
  id: 'cmpl-1',
  created: 1_700_000_000,
  model: 'mistral-large',
  choices: [
    {
      index: 0,
      blocks: [
        { type: 'text', text: 'Ulm 🏯' },
        { type: 'tool_call', id: 'D681PevKs', name: 'look', input: '{"a":1}' },
      ],
      stop: { reason: 'tool_calls' },
    },
  ],
  usage: { inputUncached: 10, outputText: 5 },
};
const whole = openAiChatCaller.writeReply(reply, replyContext());

describe("what Mistral's SDK asks for", () => {
  it('reaches Mistral as it was, though it is read as a Chat completion', async () => {
    const seen: string[] = [];
    await client(whole, seen).chat.complete({
      model: 'their-model',
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'document_url', documentUrl: 'https://a.test/d' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
            { type: 'text', text: 'I look.' },
          ],
          toolCalls: [{ id: 'D681PevKs', function: { name: 'look', arguments: { a: 1 } } }],
        },
        { role: 'tool', toolCallId: 'D681PevKs', name: 'look', content: '20' },
        { role: 'assistant', content: 'It is', prefix: true },
      ],
      tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } }],
      toolChoice: 'any',
      parallelToolCalls: false,
      randomSeed: 5,
      temperature: 0.5,
      maxTokens: 100,
      stop: ['END'],
      responseFormat: {
        type: 'json_schema',
        jsonSchema: { name: 'x', schemaDefinition: { type: 'object' }, strict: true },
      },
      promptMode: 'reasoning',
      safePrompt: true,
      promptCacheKey: 'k',
      serviceTier: 'standard_only',
      metadata: { a: 'b' },
    });
    const [sent = ''] = seen;
    const { body, losses } = written(mistralProvider, openAiChatCaller.readRequest(asJson(sent), NO_FACTS));
    const { stream, ...told }: Record<string, unknown> = JSON.parse(sent);
    expect(stream).toBe(false);
    expect(body).toEqual({
      ...told,
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'document_url', document_url: 'https://a.test/d' },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
            { type: 'text', text: 'I look.' },
          ],
          tool_calls: [{ id: 'D681PevKs', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'D681PevKs', name: 'look', content: '20' },
        { role: 'assistant', content: 'It is', prefix: true },
      ],
    });
    expect(losses).toEqual([]);
  });
});

describe("what the gate's writer of Chat completions says", () => {
  it("is read by Mistral's SDK", async () => {
    const call = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi' }] };
    const answer = await client(whole).chat.complete(call);
    expect(answer).toMatchObject({
      id: 'cmpl-1',
      choices: [
        {
          finishReason: 'tool_calls',
          message: {
            content: 'Ulm 🏯',
            toolCalls: [{ id: 'D681PevKs', function: { name: 'look', arguments: '{"a":1}' } }],
          },
        },
      ],
      usage: { promptTokens: 10, completionTokens: 5 },
    });
    // Its calls have no word for wanting usage, and it dies of a usage of null and of calls in fragments.
    const writer = openAiChatCaller.streamWriter(replyContext(foreign({ includeUsage: false })));
    const [{ stop: _, ...choice } = { index: 0, blocks: [] }] = reply.choices;
    const text = { ...choice, blocks: choice.blocks.slice(0, 1), stop: { reason: 'end' } } as const;
    const streamed = unfoldReply({ ...reply, choices: [text] }).map((event) => writer.write(event).toString());
    const chunks = [];
    for await (const { data } of await client(streamed.join('')).chat.stream(call)) chunks.push(data);
    const choices = chunks.flatMap((chunk) => chunk.choices);
    expect(choices.flatMap(({ delta }) => (typeof delta.content === 'string' ? delta.content : [])).join('')).toBe(
      'Ulm 🏯',
    );
    expect(choices.flatMap(({ finishReason }) => finishReason ?? [])).toEqual(['stop']);
  });
});
