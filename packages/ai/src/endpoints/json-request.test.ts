import { describe, expect, it } from 'vitest';
import type { SideEndpoint } from '../providers/provider-row.ts';
import { readJsonCall } from './json-request.ts';
import type { SideRequest } from './side-request.ts';
import { SIDE_ROWS } from './side-rows.ts';

function read(endpoint: SideEndpoint, body: string): ReturnType<typeof readJsonCall> {
  return readJsonCall(SIDE_ROWS[endpoint], Buffer.from(body));
}

function good(endpoint: SideEndpoint, body: string): SideRequest {
  const call = read(endpoint, body);
  if ('problem' in call) throw new Error(call.problem);
  return call;
}

describe('a call in JSON', () => {
  it('goes on with another model, byte for byte else', () => {
    const body = '{ "prompt": "a\\u0020cat", "n": 2,"model" :"mine", "x": 1.0e2, "stream":true }';
    const call = good('images', body);
    expect(call).toMatchObject({ model: 'mine', stream: true, choices: 2, texts: ['a cat'] });
    expect(call.body({ model: 'mine' }).toString()).toBe(body);
    expect(call.body({ model: 'a"b' }).toString()).toBe(body.replace('"mine"', '"a\\"b"'));
    expect(call.body({ model: 'mine', texts: ['[X]'] }).toString()).toBe(body.replace('"a\\u0020cat"', '"[X]"'));
  });

  it('means a model that it does not name, where there may be such', () => {
    const call = good('moderations', '{"input":["a"]}');
    expect(call).toMatchObject({ model: 'omni-moderation-latest', stream: false, texts: ['a'] });
    expect(call.body({ model: 'x' }).toString()).toBe('{"model":"x","input":["a"]}');
  });

  it.each([
    ['"a"', ['a'], '"[0]"'],
    ['["a","b"]', ['a', 'b'], '["[0]","[1]"]'],
    [
      '[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}}]',
      ['a'],
      '[{"type":"text","text":"[0]"},{"type":"image_url","image_url":{"url":"u"}}]',
    ],
    ['[]', [], '[]'],
    ['7', [], '7'],
    ['[[["a"]]]', ['a'], '[[["[0]"]]]'],
  ])('says what is to be judged in %s', (input, texts, edited) => {
    const call = good('moderations', `{"model":"m","input":${input}}`);
    expect(call.texts).toEqual(texts);
    const body = call.body({ model: 'm', texts: texts.map((_, at) => `[${at}]`) });
    expect(body.toString()).toBe(`{"model":"m","input":${edited}}`);
  });

  it('says who an image is made for', () => {
    const call = good('images', '{"model":"m","prompt":"a","user":"jane"}');
    expect(call.texts).toEqual(['a', 'jane']);
    expect(call.body({ model: 'm', texts: ['a', '[X]'] }).toString()).toBe('{"model":"m","prompt":"a","user":"[X]"}');
  });

  it('is a stream where bytes are shown as they come, whatever it says', () => {
    expect(good('speech', '{"model":"m","input":"a","instructions":"b"}')).toMatchObject({
      stream: true,
      texts: ['a', 'b'],
    });
  });

  it('may have a text that only lenient parsers read, but not where somebody has to look at it', () => {
    const call = good('speech', '{"model":"m","input":"a \\q bomb"}');
    expect(() => call.texts).toThrow("'input' is not a valid JSON string.");
  });

  it('may leave out by null what it can be without', () => {
    expect(good('speech', '{"model":"m","input":"a","instructions":null}').texts).toEqual(['a']);
  });

  it.each([
    ['"4"', 4],
    ['0', 1],
    ['-1', 1],
    ['1.5', 1],
    ['"x"', 1],
    ['1e9', 100],
    ['null', 1],
  ])('with n = %s counts as %i', (n, choices) => {
    expect(good('images', `{"model":"m","prompt":"a","n":${n}}`).choices).toBe(choices);
  });

  it.each<[SideEndpoint, string, string | undefined, string]>([
    ['images', '{"prompt":"a"}', 'model', "names no 'model'"],
    ['images', '{"model":"m"}', 'prompt', "has no 'prompt'"],
    ['images', '{"model":"m","model":"n","prompt":"a"}', undefined, 'twice'],
    ['images', '{"model":"m","Model":"n","prompt":"a"}', 'model', 'lower case'],
    ['images', '{"model":"m","prompt":"a","stream":"yes"}', 'stream', 'true or false'],
    ['speech', '{"model":"m","input":["a bomb"]}', 'input', 'must be a text'],
    ['speech', '{"model":"m","input":"a","instructions":{"x":"a bomb"}}', 'instructions', 'must be a text'],
    ['images', '{"model":"m","prompt":null}', 'prompt', 'must be a text'],
    ['moderations', '{"model":null,"input":"a"}', 'model', 'non-empty'],
    ['moderations', '{"model":"","input":"a"}', 'model', 'non-empty'],
    ['speech', '[]', undefined, 'not a JSON object'],
    ['speech', '{"model":"m","input":"a"', undefined, 'not valid JSON'],
  ])('of %s is refused: %s', (endpoint, body, param, problem) => {
    expect(read(endpoint, body)).toEqual({ problem: expect.stringContaining(problem), param });
  });
});
