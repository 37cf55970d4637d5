import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Block } from '../../canonical/chat-request.ts';
import { StreamCheck } from '../../canonical/check-stream.ts';
import { unfoldReply } from '../../canonical/fold-stream.ts';
import { parseExact, type Json } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { CODE_AND_PICTURE, GROUNDED, PIECES, STREAMS, THOUGHTS_AND_CALLS } from './__fixtures__/answers.ts';
import { facts, json, read, readContext, reply, replyContext, target, write } from './__fixtures__/contexts.ts';
import { readCountRequest } from './count-tokens.ts';
import { readEmbedReply, readEmbedRequest } from './embed-content.ts';
import { geminiCaller } from './gemini-caller.ts';
import { geminiProvider } from './gemini-provider.ts';
import { readModelList } from './model-cards.ts';
import { readGeminiError } from './read-error.ts';
import { GeminiStreamReader } from './stream-reader.ts';

const REQUEST = {
  contents: [
    { role: 'user', parts: [{ text: 'a' }, { inlineData: { mimeType: 'image/png', data: 'aGk=' } }] },
    {
      role: 'model',
      parts: [
        { text: 't', thought: true },
        { functionCall: { id: 'c', name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' },
      ],
    },
    { role: 'user', parts: [{ functionResponse: { id: 'c', name: 'f', response: { output: 'x' }, parts: [] } }] },
  ],
  system_instruction: { parts: { text: 'b' } },
  generationConfig: {
    temperature: 1,
    stopSequences: ['x'],
    responseMimeType: 'application/json',
    responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING' } }, propertyOrdering: ['a'] },
    thinkingConfig: { thinkingBudget: 5 },
  },
  tools: [{ functionDeclarations: [{ name: 'f', parameters: { type: 'OBJECT' } }] }, { googleSearch: {} }],
  toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
  labels: { a: 'b' },
};

const anyJson = fc.jsonValue({ maxDepth: 4 }).map((value) => json(value ?? null));

/** The value with one of its places replaced. */
function mutate(value: Json, at: number, by: Json): Json {
  let left = at;
  const text = JSON.stringify(value, (_, inner: unknown) => (left-- === 0 ? by : inner));
  return parseExact(text) ?? null;
}

const mutated = (value: Json): fc.Arbitrary<Json> =>
  fc
    .array(fc.tuple(fc.nat(60), anyJson), { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce((body, [at, by]) => mutate(body, at, by), value));

function orUntranslatable(run: () => void): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(Untranslatable);
  }
}

describe('whatever callers send', () => {
  it.each([
    ['anything', anyJson],
    ['nearly right', mutated(json(REQUEST))],
  ])('is read or refused: %s', (_, bodies) => {
    fc.assert(
      fc.property(bodies, (body) => {
        orUntranslatable(() => {
          const request = geminiCaller.readRequest(body, facts());
          JSON.stringify(request);
          orUntranslatable(() => write(request));
          orUntranslatable(() => write({ ...request, dialect: 'openai-chat' }, target('gemini-3-pro')));
        });
        orUntranslatable(() => readCountRequest(body, facts()));
        orUntranslatable(() => readEmbedRequest(body, { model: 'e', action: 'batchEmbedContents' }));
        orUntranslatable(() => readEmbedRequest(body, { model: 'e', action: 'embedContent' }));
      }),
      { numRuns: 600 },
    );
  });

  it('is not changed by being written and read again', () => {
    fc.assert(
      fc.property(mutated(json(REQUEST)), (body) => {
        orUntranslatable(() => {
          const written = write(read(body)).body;
          expect(write(read(written)).body).toEqual(written);
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('whatever providers send', () => {
  const chunks = [...THOUGHTS_AND_CALLS, ...PIECES, ...GROUNDED, ...CODE_AND_PICTURE].map((one) => json(one));

  it('becomes a stream that keeps the rules', () => {
    const nearly = fc.constantFrom(...chunks).chain(mutated);
    fc.assert(
      fc.property(fc.array(fc.oneof(anyJson, nearly, fc.constantFrom(...chunks)), { maxLength: 8 }), (bodies) => {
        const check = new StreamCheck();
        let last = '';
        const emit = (event: Parameters<StreamCheck['add']>[0]): void => {
          check.add(event);
          last = event.t;
        };
        const reader = new GeminiStreamReader(readContext());
        for (const body of bodies) reader.readJson(body, emit);
        reader.end(emit);
        check.end({ cut: last !== 'done' && last !== 'error' });
        for (const body of bodies) {
          geminiProvider.readReply(body, readContext());
          readGeminiError(400, JSON.stringify(body));
          readEmbedReply(body);
          readModelList(body);
        }
      }),
      { numRuns: 600 },
    );
  });

  it('may be no JSON at all, nor end where it should', () => {
    const bytes = Buffer.from(
      Object.values(STREAMS)
        .flat()
        .map((one) => `data: ${JSON.stringify(one)}\n\n`)
        .join(''),
    );
    fc.assert(
      fc.property(fc.nat(bytes.length), fc.nat(bytes.length), fc.uint8Array({ maxLength: 20 }), (from, to, noise) => {
        const body = Buffer.concat([bytes.subarray(0, from), noise, bytes.subarray(to)]);
        const reader = new GeminiStreamReader(readContext());
        for (const data of body.toString().split('\n\n')) {
          reader.read({ raw: body, data: data.slice(6), type: '', complete: true }, () => {});
        }
        reader.end(() => {});
      }),
      { numRuns: 300 },
    );
  });
});

describe('whatever is answered', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 });
  const signature = fc.record({ value: fc.base64String({ minLength: 4 }), dialect: fc.constant('anthropic' as const) });
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text }),
    fc.record({ type: fc.constant('reasoning' as const), text, signature }),
    fc.record({ type: fc.constant('reasoning' as const), text: fc.constant(''), redacted: signature }),
    fc.record({
      type: fc.constant('tool_call' as const),
      id: fc.string({ minLength: 1 }),
      name: fc.string({ minLength: 1 }),
      input: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })).map((args) => JSON.stringify(args)),
    }),
  );

  it('comes back the same, streamed and whole', () => {
    fc.assert(
      fc.property(fc.array(block, { minLength: 1, maxLength: 6 }), (blocks) => {
        const stop = { reason: 'end' } as const;
        const answer: ChatReply = { id: 'r', created: 1, model: 'm', choices: [{ index: 0, blocks, stop }] };
        const whole = reply(JSON.parse(geminiCaller.writeReply(answer, replyContext())));
        expect(whole.choices[0]?.blocks.length).toBeGreaterThan(0);
        const writer = geminiCaller.streamWriter(replyContext());
        const chunks = unfoldReply(answer).map((event) => writer.write(event).toString());
        const bodies = chunks.filter((sent) => sent !== '').map((sent) => JSON.parse(sent.slice('data: '.length)));
        const { candidates } = JSON.parse(geminiCaller.writeReply(answer, replyContext()));
        const history = (contents: readonly object[]): readonly Block[] | undefined =>
          read({ contents: [{ parts: [{ text: 'a' }] }, ...contents] }).turns[1]?.blocks;
        expect(history(bodies.map((body) => body.candidates[0].content))).toEqual(history([candidates[0].content]));
      }),
      { numRuns: 300 },
    );
  });
});
