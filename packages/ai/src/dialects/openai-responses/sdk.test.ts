import { createOpenAI } from '@ai-sdk/openai';
import { generateText, jsonSchema, streamText, tool } from 'ai';
import * as fc from 'fast-check';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { ChatReply, StopReason } from '../../canonical/chat-reply.ts';
import type { Block } from '../../canonical/chat-request.ts';
import { unfoldReply } from '../../canonical/fold-stream.ts';
import { Losses } from '../../canonical/loss.ts';
import { asJson, counter, read, readStream, replyTo, sse, writeStream } from './__fixtures__/contexts.ts';
import { RESPONSE, STREAM } from './__fixtures__/response.ts';
import { openAiResponsesCaller } from './caller.ts';
import { openAiResponsesProvider } from './provider.ts';

const request = read({ input: 'x', stream: true });

type Answer = (body: string) => { readonly body: string; readonly type: string; readonly status?: number };

/** What stands for the gate in front of an SDK. */
const gate =
  (answer: Answer): typeof fetch =>
  (_url, init) => {
    const { body, type, status = 200 } = answer(typeof init?.body === 'string' ? init.body : '');
    return Promise.resolve(new Response(body, { status, headers: { 'content-type': type } }));
  };

const streamed =
  (body: string): Answer =>
  () => ({ body, type: openAiResponsesCaller.streamType });
const whole =
  (body: string): Answer =>
  () => ({ body, type: 'application/json' });

const openAi = (answer: Answer): OpenAI => new OpenAI({ apiKey: 'k', maxRetries: 0, fetch: gate(answer) });
const finalOf = (body: string): Promise<object> =>
  openAi(streamed(body)).responses.stream({ model: 'm', input: 'x' }).finalResponse();

const signed = fc
  .option(fc.record({ value: fc.string({ minLength: 1 }), dialect: fc.constantFrom('anthropic', 'gemini') }))
  .map((signature) => (signature === null ? {} : { signature }));

const said = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const citations = fc.array(fc.record({ url: fc.webUrl(), start: fc.nat(9) }), { maxLength: 2 });

const block = fc.oneof(
  fc.tuple(said, citations, signed).map(([text, cited, more]): Block => ({
    type: 'text',
    text,
    ...(cited.length > 0 && { citations: cited }),
    ...more,
  })),
  said.map((text): Block => ({ type: 'refusal', text })),
  fc.tuple(said, signed).map(([text, more]): Block => ({ type: 'reasoning', text, ...more })),
  fc
    .tuple(fc.uuid(), said, fc.boolean(), signed)
    .map(([id, input, custom, more]): Block => ({ type: 'tool_call', id, name: 'f', input, custom, ...more })),
);

const REASONS: readonly StopReason[] = ['end', 'tool_calls', 'length', 'content_filter', 'refusal', 'stop_sequence'];

const reply = fc.record({
  id: fc.constant('x'),
  created: fc.nat(),
  model: said,
  choices: fc.tuple(
    fc.record({
      index: fc.constant(0),
      blocks: fc.array(block, { maxLength: 6 }),
      stop: fc.record({ reason: fc.constantFrom(...REASONS) }),
    }),
  ),
  usage: fc.record({ inputUncached: fc.nat(), outputText: fc.nat(), reasoning: fc.nat() }),
});

describe("OpenAI's SDK", () => {
  it('gathers from any stream the very response that a caller without one gets', async () => {
    await fc.assert(
      fc.asyncProperty(reply, async (canonical: ChatReply) => {
        const final = await finalOf(writeStream(unfoldReply(canonical), request));
        const plain: object = JSON.parse(openAiResponsesCaller.writeReply(canonical, replyTo(request)));
        expect(final).toMatchObject(plain);
      }),
      { numRuns: 200 },
    );
  });

  it('gathers a response with all kinds of items', async () => {
    const body = writeStream(readStream(sse(STREAM), request).events, request);
    expect(await finalOf(body)).toMatchObject({ output: RESPONSE.output, output_text: 'See 😀' });
  });

  it('reads a whole response', async () => {
    const canonical = fc.sample(reply, { numRuns: 1, seed: 7 })[0];
    if (canonical === undefined) throw new Error('no sample');
    const body = openAiResponsesCaller.writeReply(canonical, replyTo(request));
    const response = await openAi(whole(body)).responses.create({ model: 'm', input: 'x' });
    expect(response.output).toEqual(JSON.parse(body).output);
  });

  it('throws for a stream that broke, with what the error says', async () => {
    const writer = openAiResponsesCaller.streamWriter(replyTo(request));
    const start = writer.write({ t: 'start', id: 'x', model: 'm', created: 1 }).toString();
    const error = { status: 502, kind: 'upstream', code: 'provider.truncated', retry: true, requestId: 'r' } as const;
    const body = start + writer.fail({ ...error, message: 'The stream broke off.' }).toString();
    await expect(finalOf(body)).rejects.toMatchObject({ code: 'provider.truncated', type: 'server_error' });
  });

  it('throws for an error, by its status', async () => {
    const { status, body } = openAiResponsesCaller.writeError({
      status: 429,
      kind: 'rate_limited',
      code: 'limit.rate',
      message: 'Too fast.',
      retry: true,
      requestId: 'r',
    });
    const client = openAi(() => ({ body, status, type: 'application/json' }));
    await expect(client.responses.create({ model: 'm', input: 'x' })).rejects.toThrow(OpenAI.RateLimitError);
  });

  it('sends answers back so that nothing of them is lost', async () => {
    let sent = '';
    const body = openAiResponsesCaller.writeReply(
      {
        id: 'x',
        created: 1,
        model: 'm',
        choices: [
          {
            index: 0,
            blocks: [
              { type: 'reasoning', text: 'Hm', signature: { value: 's', dialect: 'anthropic' } },
              { type: 'text', text: 'Well' },
              { type: 'tool_call', id: 'call_1', name: 'f', input: '{"a":1}' },
            ],
            stop: { reason: 'tool_calls' },
          },
        ],
      },
      replyTo(request),
    );
    const client = openAi((posted) => {
      sent = posted;
      return { body, type: 'application/json' };
    });
    const first = await client.responses.parse({ model: 'm', input: 'x' });
    const output = { type: 'function_call_output', call_id: 'call_1', output: 'ok' };
    const input = [{ role: 'user', content: 'x' }, ...first.output, output];
    await client.post('/responses', { body: { model: 'm', input } });
    expect(read(JSON.parse(sent))).toMatchObject({
      ext: {},
      turns: [
        { role: 'user' },
        {
          role: 'assistant',
          blocks: [
            { type: 'reasoning', text: 'Hm', signature: { value: 's', dialect: 'anthropic' } },
            { type: 'text', text: 'Well' },
            { type: 'tool_call', id: 'call_1', input: '{"a":1}' },
          ],
        },
        { role: 'user', blocks: [{ type: 'tool_result', callId: 'call_1' }] },
      ],
    });
  });
});

describe("Vercel's SDK", () => {
  const look = tool({
    inputSchema: jsonSchema<{ a: number }>({ type: 'object', properties: { a: { type: 'number' } } }),
    execute: ({ a }) => `looked ${a}`,
  });
  const blocks: readonly Block[] = [
    { type: 'reasoning', text: 'Hm', signature: { value: 's', dialect: 'anthropic' } },
    { type: 'text', text: 'Well', citations: [{ url: 'https://a.example' }] },
    { type: 'tool_call', id: 'call_1', name: 'look', input: '{"a":1}', signature: { value: 'g', dialect: 'gemini' } },
  ];
  const answers = (posted: string): ChatReply => {
    const done = read(JSON.parse(posted)).turns.length > 1;
    const answer: readonly Block[] = done ? [{ type: 'text', text: 'Done' }] : blocks;
    const choice = { index: 0, blocks: answer, stop: { reason: done ? 'end' : 'tool_calls' } } as const;
    return { id: 'x', created: 1, model: 'm', choices: [choice], usage: { inputUncached: 3, outputText: 4 } };
  };

  /** Two calls, the second of which brings the first answer back. */
  function loop(sent: string[]): Parameters<typeof generateText>[0] {
    const newId = counter();
    const fetch = gate((posted) => {
      sent.push(posted);
      const asked = openAiResponsesCaller.readRequest(asJson(JSON.parse(posted)), { header: () => undefined });
      const context = { request: asked, requestId: 'r', newId };
      if (!asked.stream) return whole(openAiResponsesCaller.writeReply(answers(posted), context))('');
      const writer = openAiResponsesCaller.streamWriter(context);
      return streamed(
        unfoldReply(answers(posted))
          .map((event) => writer.write(event).toString())
          .join(''),
      )('');
    });
    return {
      model: createOpenAI({ apiKey: 'k', fetch }).responses('gpt-5'),
      prompt: 'x',
      tools: { look },
      stopWhen: ({ steps }) => steps.length > 1,
      providerOptions: { openai: { store: false } },
    };
  }

  function expectLoop(sent: readonly string[], text: string): void {
    expect(text).toBe('Done');
    const { turns } = read(JSON.parse(sent[1] ?? ''));
    expect(turns.flatMap((turn) => turn.blocks)).toMatchObject([
      { type: 'text', text: 'x' },
      { type: 'reasoning', text: 'Hm', signature: { value: 's', dialect: 'anthropic' } },
      { type: 'text', text: 'Well' },
      { type: 'tool_call', id: 'call_1', input: '{"a":1}', signature: { value: 'g', dialect: 'gemini' } },
      { type: 'tool_result', callId: 'call_1', content: [{ text: 'looked 1' }] },
    ]);
  }

  it('goes through a call of a tool and back', async () => {
    const sent: string[] = [];
    const { text, usage } = await generateText(loop(sent));
    expectLoop(sent, text);
    expect(usage).toMatchObject({ inputTokens: 6, outputTokens: 8 });
  });

  it('does so in a stream', async () => {
    const sent: string[] = [];
    const result = streamText(loop(sent));
    expectLoop(sent, await result.text);
    const steps = await result.steps;
    expect(steps[0]?.reasoningText).toBe('Hm');
  });

  it('sends requests that go on to a provider', async () => {
    const sent: string[] = [];
    await generateText(loop(sent));
    const losses = new Losses();
    const target = { model: 'gpt-5', stream: false, rules: { kind: 'openai' } };
    for (const body of sent) openAiResponsesProvider.writeRequest(read(JSON.parse(body)), target, losses);
    expect(losses.codes).toEqual(['dropped:reasoning', 'dropped:reasoning_signature']);
  });
});
