import { describe, expect, it } from 'vitest';
import { Losses, Untranslatable } from '../../canonical/loss.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import {
  BLOCKED,
  chunk,
  CODE_AND_PICTURE,
  GROUNDED,
  PIECES,
  STREAMS,
  TEXT,
  THOUGHTS_AND_CALLS,
  TWO_CANDIDATES,
  usage,
} from './__fixtures__/answers.ts';
import { asked, json, readContext, reply, sse, stream } from './__fixtures__/contexts.ts';
import { geminiProvider } from './gemini-provider.ts';

const kinds = (events: readonly StreamEvent[]): string => events.map(({ t }) => t).join(' ');

describe('a stream of Gemini', () => {
  it('is text with the last of its growing counts', () => {
    const { events, folded } = stream(sse(...TEXT));
    expect(kinds(events)).toBe('start usage block delta usage delta usage block_stop stop done');
    expect(folded).toEqual({
      id: 'r1',
      created: 1_700_000_000,
      model: 'gemini-3-flash',
      choices: [{ index: 0, blocks: [{ type: 'text', text: 'Héllo 😀' }], stop: { reason: 'end', raw: 'STOP' } }],
      usage: { inputUncached: 5, outputText: 3 },
    });
  });

  it('ends with calls where it says that it stopped, and keeps signatures with their parts', () => {
    const { folded } = stream(sse(...THOUGHTS_AND_CALLS));
    expect(folded).toMatchObject({
      choices: [
        {
          blocks: [
            { type: 'reasoning', text: 'I should look.' },
            { type: 'text', text: 'Let me look.' },
            {
              type: 'tool_call',
              id: 'call_1',
              name: 'look',
              input: '{"at":"here","big":1}',
              signature: { value: 'c2lnMQ==', dialect: 'gemini' },
            },
            { type: 'tool_call', id: 'call_2', name: 'look', input: '{"at":"there"}' },
            { type: 'tool_call', id: 'own-id', name: 'now', input: '{}' },
            { type: 'text', text: '', signature: { value: 'c2lnMg==', dialect: 'gemini' } },
          ],
          stop: { reason: 'tool_calls', raw: 'STOP' },
        },
      ],
      usage: { inputUncached: 9, outputText: 4, reasoning: 7 },
    });
  });

  it('may bring arguments in pieces', () => {
    expect(stream(sse(...PIECES)).folded).toMatchObject({
      choices: [
        {
          blocks: [
            { type: 'tool_call', id: 'c1', name: 'write', input: '{"text":"Once upon","to":[{"n":3}]}' },
            { type: 'tool_call', id: 'c2', name: 'write', input: '{"text":"end"}' },
          ],
          stop: { reason: 'tool_calls' },
        },
      ],
    });
  });

  it('may refuse the prompt, without any candidate', () => {
    expect(stream(sse(...BLOCKED)).folded).toMatchObject({
      choices: [{ index: 0, blocks: [], stop: { reason: 'content_filter', raw: 'PROHIBITED_CONTENT' } }],
      usage: { inputUncached: 8, outputText: 0 },
      ext: { gemini: { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } } },
    });
  });

  it('names its sources in characters, each once, and keeps what only Google knows', () => {
    const { folded } = stream(sse(...GROUNDED));
    expect(folded).toMatchObject({
      choices: [
        {
          blocks: [
            {
              type: 'text',
              text: 'Über Köln.',
              citations: [{ url: 'https://example.com/a', title: 'A', text: 'Köln', start: 5, end: 9 }],
            },
            {
              type: 'opaque',
              dialect: 'gemini',
              data: { candidate: { groundingMetadata: { webSearchQueries: ['Köln'] } } },
            },
          ],
        },
      ],
    });
  });

  it('may hold several candidates', () => {
    expect(stream(sse(...TWO_CANDIDATES)).folded).toMatchObject({
      choices: [
        { index: 0, blocks: [{ text: 'aA' }], stop: { reason: 'end' } },
        { index: 1, blocks: [{ text: 'bB' }], stop: { reason: 'length', raw: 'MAX_TOKENS' } },
      ],
    });
  });

  it('may hold code and pictures, but a pictured thought is no picture', () => {
    expect(stream(sse(...CODE_AND_PICTURE)).folded).toMatchObject({
      choices: [
        {
          blocks: [
            { type: 'text', text: 'See: ' },
            { type: 'opaque', data: { executableCode: { code: 'print(1)' } } },
            { type: 'opaque', data: { codeExecutionResult: { output: '1' } } },
            { type: 'opaque', data: { thought: true } },
            { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'aGk=' } },
            { type: 'text', text: 'Done.' },
          ],
        },
      ],
    });
  });

  it.each(Object.entries(STREAMS))('says the same wherever it is cut in two: %s', (_, chunks) => {
    const body = sse(...chunks);
    const whole = stream(body).events;
    for (let cutAt = 0; cutAt <= body.length; cutAt++) expect(stream(body, { cutAt }).events).toEqual(whole);
  });

  it.each(Object.entries(STREAMS))('says the same as a list without SSE: %s', (_, chunks) => {
    const body = Buffer.from(JSON.stringify(chunks, null, 2));
    expect(stream(body, { framing: 'json-array' }).events).toEqual(stream(sse(...chunks)).events);
  });

  it.each(Object.entries(STREAMS))('says the same as a whole answer: %s', (_, chunks) => {
    expect(reply(chunks)).toEqual(stream(sse(...chunks)).folded);
  });

  it('is told apart from another that a part signs in the middle of its text', () => {
    const { folded } = stream(
      sse(
        chunk([{ text: 'a' }]),
        chunk([{ text: 'b', thoughtSignature: 'c2ln' }]),
        chunk([{ text: 'c' }], { finishReason: 'STOP' }),
      ),
    );
    expect(folded).toMatchObject({
      choices: [{ blocks: [{ text: 'a' }, { text: 'b', signature: { value: 'c2ln' } }, { text: 'c' }] }],
    });
  });

  it('has not finished before the body ends, though every chunk says so', () => {
    const chunks = ['a', 'b', 'c'].map((text) => chunk([{ text }], { finishReason: 'STOP' }));
    expect(stream(sse(...chunks)).folded).toMatchObject({ choices: [{ blocks: [{ text: 'abc' }] }] });
  });

  it.each([
    ['without a reason to finish', sse(...TEXT.slice(0, 2))],
    ['inside a chunk', sse(...TEXT.slice(0, 2)).subarray(0, -20)],
    ['with one candidate unfinished', sse(...TWO_CANDIDATES.slice(0, 2))],
    ['before anything', Buffer.alloc(0)],
    [
      'with nothing but rubbish',
      Buffer.from('data: x\n\ndata: []\n\ndata: 5\n\ndata: {}\n\ndata: [DONE]\n\n: ping\n\n'),
    ],
  ])('is cut when it ends %s', (_, body) => {
    expect(stream(body, { cut: true }).folded).toBeUndefined();
  });

  it('is whole though its last empty line is missing, or a terminator of others follows', () => {
    const body = sse(...TEXT);
    expect(stream(body.subarray(0, -4)).folded).toEqual(stream(body).folded);
    expect(stream(Buffer.concat([body, Buffer.from('data: [DONE]\n\n')])).folded).toEqual(stream(body).folded);
  });

  it.each([
    [{ error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } }, 'overloaded'],
    [{ error: { message: 'x', status: 'RESOURCE_EXHAUSTED' } }, 'rate_limited'],
    [[{ error: { code: 400, message: 'x', status: 'INVALID_ARGUMENT' } }], 'invalid_request'],
  ])('breaks with the error %j', (error, kind) => {
    const { events, folded } = stream(Buffer.concat([sse(TEXT[0]), sse(error), sse(TEXT[1])]));
    expect(kinds(events)).toBe('start usage block delta error');
    expect(folded).toMatchObject({ kind });
    expect(kinds(stream(sse(error)).events)).toBe('error');
  });

  it('gives names of tools back as the caller wrote them', () => {
    const name = 'my tool!';
    const request = asked({ tools: [{ kind: 'function', name }] });
    const body = JSON.parse(geminiProvider.writeRequest(request, readContext().target, new Losses()));
    const wire = body.tools[0].functionDeclarations[0].name;
    expect(wire).toMatch(/^[A-Za-z_][\w.:-]*$/);
    const { folded } = stream(sse(chunk([{ functionCall: { name: wire } }], { finishReason: 'STOP' })), {
      context: readContext(request),
    });
    expect(folded).toMatchObject({ choices: [{ blocks: [{ name }] }] });
  });

  it('unwraps what it had to wrap for a tool of free text', () => {
    const request = asked({ tools: [{ kind: 'custom', name: 'patch' }] });
    const context = readContext(request);
    const call = (args: unknown): object =>
      chunk([{ functionCall: { name: 'patch', args } }], { finishReason: 'STOP' });
    expect(stream(sse(call({ input: 'a\nb' })), { context }).folded).toMatchObject({
      choices: [{ blocks: [{ type: 'tool_call', custom: true, input: 'a\nb' }] }],
    });
    expect(stream(sse(call({ x: 1 })), { context }).folded).toMatchObject({
      choices: [{ blocks: [{ input: '{"x":1}' }] }],
    });
  });

  it('reads calls of a request that only Google understands', () => {
    const context = {
      ...readContext(),
      get request(): never {
        throw new Untranslatable('unheard of');
      },
    };
    expect(stream(sse(...THOUGHTS_AND_CALLS), { context }).folded).toMatchObject({
      choices: [{ stop: { reason: 'tool_calls' } }],
    });
  });

  it('keeps the first call only for callers who want no more', () => {
    const context = readContext(asked({ parallelTools: false }));
    const { folded } = stream(sse(...THOUGHTS_AND_CALLS), { context });
    const calls =
      folded !== undefined && 'choices' in folded
        ? folded.choices[0]?.blocks.filter(({ type }) => type === 'tool_call')
        : [];
    expect(calls).toHaveLength(1);
    expect(stream(sse(...PIECES), { context }).folded).toMatchObject({ choices: [{ blocks: [{ id: 'c1' }] }] });
  });

  it('keeps the reason when a call was cut by the limit', () => {
    const chunks = [
      chunk([{ functionCall: { name: 'write', willContinue: true } }]),
      chunk([
        {
          functionCall: {
            partialArgs: [{ jsonPath: '$.t', stringValue: 'x', willContinue: true }],
            willContinue: true,
          },
        },
      ]),
      chunk([], { finishReason: 'MAX_TOKENS' }),
    ];
    expect(stream(sse(...chunks)).folded).toMatchObject({
      choices: [{ blocks: [{ type: 'tool_call', input: '{"t":"x"}' }], stop: { reason: 'length' } }],
    });
  });

  it('keeps digits that no double holds', () => {
    const body = Buffer.from(
      'data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{"id":12345678901234567890}}}]},"finishReason":"STOP"}]}\n\n',
    );
    expect(stream(body).folded).toMatchObject({ choices: [{ blocks: [{ input: '{"id":12345678901234567890}' }] }] });
  });
});

describe('a whole answer of Gemini', () => {
  it.each([
    ['STOP', 'end'],
    ['MAX_TOKENS', 'length'],
    ['CONTINUATION', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['IMAGE_SOMETHING_NEW', 'content_filter'],
    ['MALFORMED_FUNCTION_CALL', 'malformed_tool_call'],
    ['UNEXPECTED_TOOL_CALL', 'malformed_tool_call'],
    ['OTHER', 'error'],
    ['SOMETHING_NEW', 'unknown'],
  ])('that finished for %s ended by %s', (finishReason, reason) => {
    const { choices } = reply(chunk([{ text: 'a' }], { finishReason, finishMessage: 'why' }));
    expect(choices[0]?.stop).toEqual({ reason, raw: finishReason, detail: 'why' });
  });

  it('may lack every detail', () => {
    expect(reply({ candidates: [{}] })).toMatchObject({
      id: 'gen_1',
      model: 'gemini-2.5-flash',
      choices: [{ index: 0, blocks: [], stop: { reason: 'unknown' } }],
    });
    expect(reply({ candidates: [], usageMetadata: usage(3, 0) })).toMatchObject({
      choices: [{ blocks: [], stop: { reason: 'unknown' } }],
      usage: { inputUncached: 3, outputText: 0 },
    });
    expect(
      reply({ candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: null }] }).choices[0]?.stop.reason,
    ).toBe('unknown');
  });

  it('tells probabilities in the form that all know', () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'Hé', tokenId: 1, logProbability: -0.5 }, { token: '!' }],
      topCandidates: [
        {
          candidates: [
            { token: 'Hé', logProbability: -0.5 },
            { token: 'Ho', logProbability: -2 },
          ],
        },
      ],
    };
    expect(reply(chunk([{ text: 'Hé!' }], { finishReason: 'STOP', logprobsResult })).choices[0]?.logprobs).toEqual({
      content: [
        {
          token: 'Hé',
          logprob: -0.5,
          bytes: [72, 195, 169],
          top_logprobs: [
            { token: 'Hé', logprob: -0.5, bytes: [72, 195, 169] },
            { token: 'Ho', logprob: -2, bytes: [72, 111] },
          ],
        },
        { token: '!', logprob: -9999, bytes: [33], top_logprobs: [] },
      ],
    });
  });

  it.each<unknown>([null, 5, 'x', [], {}, { choices: [] }, [5], { candidates: 5 }])('is none: %j', (body) => {
    expect(geminiProvider.readReply(json(body), readContext())).toBeUndefined();
  });

  it('may be an error in spite of its status', () => {
    const error = { code: 429, message: 'x', status: 'RESOURCE_EXHAUSTED' };
    expect(geminiProvider.readReply(json({ error }), readContext())).toMatchObject({ kind: 'rate_limited' });
    expect(geminiProvider.readReply(json([{ error }]), readContext())).toMatchObject({ kind: 'rate_limited' });
  });

  it.each([
    [usage(10, 5), { inputUncached: 10, outputText: 5 }],
    [usage(10, 5, 3), { inputUncached: 10, outputText: 5, reasoning: 3 }],
    [
      { ...usage(10, 5), cachedContentTokenCount: 4 },
      { inputUncached: 6, cacheRead: 4, outputText: 5 },
    ],
    [
      { ...usage(10, 5), cachedContentTokenCount: 40 },
      { inputUncached: 0, cacheRead: 40, outputText: 5 },
    ],
    [
      { promptTokenCount: 10, toolUsePromptTokenCount: 7, candidatesTokenCount: 5, totalTokenCount: 22 },
      { inputUncached: 17, outputText: 5 },
    ],
    // A model that counts its thoughts among the candidates gives itself away by the total.
    [
      { promptTokenCount: 10, candidatesTokenCount: 8, thoughtsTokenCount: 3, totalTokenCount: 18 },
      { inputUncached: 10, outputText: 5, reasoning: 3 },
    ],
    [
      { promptTokenCount: 10, thoughtsTokenCount: 3, totalTokenCount: 13 },
      { inputUncached: 10, outputText: 0, reasoning: 3 },
    ],
    [{ trafficType: 'ON_DEMAND' }, undefined],
    [{ promptTokenCount: -1, candidatesTokenCount: 'x' }, undefined],
  ])('counts %j', (usageMetadata, expected) => {
    expect(reply({ ...chunk([{ text: 'a' }], { finishReason: 'STOP' }), usageMetadata }).usage).toEqual(expected);
  });
});
