import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patchChatRequest, patchModel, type ChatPatch } from './patch-request.ts';
import { readChatRequest, readEmbeddingsRequest, type ChatRequest } from './request.ts';

function request(body: string): ChatRequest {
  const read = readChatRequest(Buffer.from(body));
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

function patch(body: string, { model, forceUsage = false }: Partial<ChatPatch>): string {
  return patchChatRequest(request(body), { model, forceUsage }).toString();
}

describe('patchChatRequest replaces the model', () => {
  const cases: Readonly<Record<string, readonly [string, string, string]>> = {
    'and keeps every other byte': [
      '{ "messages" : [ { "content" : "model" } ],\n\t"model" : "a" , "x":1e2 }',
      'b',
      '{ "messages" : [ { "content" : "model" } ],\n\t"model" : "b" , "x":1e2 }',
    ],
    'by one that needs escapes': ['{"model":"a","messages":[]}', 'q"\\ü', '{"model":"q\\"\\\\ü","messages":[]}'],
    'that was written with escapes': [
      String.raw`{"mod\u0065l":"\u0061","messages":[]}`,
      'b',
      String.raw`{"mod\u0065l":"b","messages":[]}`,
    ],
    'of the request, not one inside a message': [
      '{"messages":[{"model":"a"}],"model":"a"}',
      'b',
      '{"messages":[{"model":"a"}],"model":"b"}',
    ],
  };
  for (const [name, [body, model, expected]] of Object.entries(cases)) {
    it(name, () => expect(patch(body, { model })).toBe(expected));
  }

  it('not when it is the same, and then copies nothing', () => {
    const read = request('{"model":"a","messages":[]}');
    expect(patchChatRequest(read, { model: 'a', forceUsage: true })).toBe(read.body);
    expect(patchChatRequest(read, { model: undefined, forceUsage: false })).toBe(read.body);
  });
});

describe('patchChatRequest forces usage', () => {
  const M = '"model":"m","messages":[]';
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'by adding the options behind stream': [
      `{"stream":true,${M}}`,
      `{"stream":true,"stream_options":{"include_usage":true},${M}}`,
    ],
    'by adding the options at the end': [
      `{${M},"stream": true }`,
      `{${M},"stream": true,"stream_options":{"include_usage":true} }`,
    ],
    'by replacing null': [
      `{${M},"stream":true,"stream_options": null}`,
      `{${M},"stream":true,"stream_options": {"include_usage":true}}`,
    ],
    'by filling empty options': [
      `{"stream_options":{ },"stream":true,${M}}`,
      `{"stream_options":{"include_usage":true },"stream":true,${M}}`,
    ],
    'by adding to other options': [
      `{${M},"stream":true,"stream_options":{ "include_obfuscation":false}}`,
      `{${M},"stream":true,"stream_options":{"include_usage":true, "include_obfuscation":false}}`,
    ],
    'by turning false round': [
      `{${M},"stream":true,"stream_options":{"a":1,"include_usage" : false ,"b":2}}`,
      `{${M},"stream":true,"stream_options":{"a":1,"include_usage" : true ,"b":2}}`,
    ],
    'by turning null round': [
      `{${M},"stream":true,"stream_options":{"include_usage":null}}`,
      `{${M},"stream":true,"stream_options":{"include_usage":true}}`,
    ],
    'not when the caller asked already': [
      `{${M},"stream":true,"stream_options":{"include_usage":true}}`,
      `{${M},"stream":true,"stream_options":{"include_usage":true}}`,
    ],
    'not without a stream': [`{${M},"stream":false}`, `{${M},"stream":false}`],
    'not when nothing is said of a stream': [`{${M}}`, `{${M}}`],
  };
  for (const [name, [body, expected]] of Object.entries(cases)) {
    it(name, () => expect(patch(body, { forceUsage: true })).toBe(expected));
  }

  it('and replaces the model, in whichever order they stand', () => {
    expect(patch('{"stream":true,"model":"a","messages":[]}', { model: 'bb', forceUsage: true })).toBe(
      '{"stream":true,"stream_options":{"include_usage":true},"model":"bb","messages":[]}',
    );
    expect(patch('{"model":"a","messages":[],"stream":true}', { model: 'bb', forceUsage: true })).toBe(
      '{"model":"bb","messages":[],"stream":true,"stream_options":{"include_usage":true}}',
    );
  });
});

const without = (value: object): object => ({ ...value, model: undefined, stream_options: undefined });

describe('patchChatRequest on any request', () => {
  const options = fc.option(
    fc.record({ include_usage: fc.constantFrom(true, false, null), x: fc.jsonValue() }, { requiredKeys: [] }),
  );
  const body = fc.record(
    {
      a: fc.jsonValue(),
      model: fc.stringMatching(/^[\w/:@ -]*\w$/),
      messages: fc.array(fc.jsonValue(), { maxLength: 3 }),
      stream: fc.constantFrom(true, false, null),
      stream_options: options,
      z: fc.jsonValue(),
    },
    { requiredKeys: ['model', 'messages'] },
  );

  it('leaves a valid request that says the same but for model and usage', () => {
    fc.assert(
      fc.property(body, fc.constantFrom(0, 2), fc.stringMatching(/^[\w"\\é ]*\w$/), (value, space, model) => {
        const before = JSON.stringify(value, undefined, space);
        const after = patch(before, { model, forceUsage: true });
        const read = JSON.parse(after);
        expect(without(read)).toEqual(without(JSON.parse(before)));
        expect(read.model).toBe(model);
        expect(request(after).includeUsage).toBe(value.stream === true || value.stream_options?.include_usage === true);
      }),
      { numRuns: 2000 },
    );
  });

  it('can be patched again and again from the same read, one attempt after the other', () => {
    const read = request('{"model":"a","messages":[],"stream":true}');
    for (const model of ['first', 'second', 'a']) {
      const patched = patchChatRequest(read, { model, forceUsage: true }).toString();
      expect(patched).toBe(`{"model":"${model}","messages":[],"stream":true,"stream_options":{"include_usage":true}}`);
    }
    expect(read.body.toString()).toBe('{"model":"a","messages":[],"stream":true}');
  });
});

describe('patchModel', () => {
  it('replaces the model only', () => {
    const read = readEmbeddingsRequest(Buffer.from('{"input":["model"],"model":"a","encoding_format":"base64"}'));
    if ('problem' in read) throw new Error(read.problem);
    expect(patchModel(read, 'b').toString()).toBe('{"input":["model"],"model":"b","encoding_format":"base64"}');
    expect(patchModel(read, undefined)).toBe(read.body);
  });
});
