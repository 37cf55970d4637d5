import { describe, expect, it } from 'vitest';
import { readChatRequest, readEmbeddingsRequest } from './request.ts';
import { MODEL_NAME_CHARS_MAX } from './request-members.ts';

function chat(body: string): unknown {
  const request = readChatRequest(Buffer.from(body));
  if ('problem' in request) return request;
  return { model: request.model, stream: request.stream, includeUsage: request.includeUsage };
}

const M = '"model":"m","messages":[]';

describe('readChatRequest reads', () => {
  const plain = { model: 'm', stream: false, includeUsage: false };
  const streamed = { ...plain, stream: true };
  const cases: Readonly<Record<string, readonly [string, object]>> = {
    'the smallest request': [`{${M}}`, plain],
    'a stream': [`{${M},"stream":true}`, streamed],
    'a stream turned off': [`{${M},"stream":false}`, plain],
    'null as absent': [`{${M},"stream":null,"stream_options":null}`, plain],
    'a stream with usage': [
      `{${M},"stream":true,"stream_options":{"include_usage":true}}`,
      { ...streamed, includeUsage: true },
    ],
    'a stream without usage': [`{${M},"stream":true,"stream_options":{"include_usage":false}}`, streamed],
    'usage null as absent': [`{${M},"stream":true,"stream_options":{"include_usage":null}}`, streamed],
    'options of another kind': [`{${M},"stream":true,"stream_options":{"include_obfuscation":false}}`, streamed],
    'no options in the options': [`{${M},"stream":true,"stream_options":{ }}`, streamed],
    'members in any order among unknown ones': [
      '{ "x":{"stream":true}, "stream" : true, "messages" : [{"role":"user","content":"{\\"model\\":\\"z\\"}"}], "model" : "m" }',
      streamed,
    ],
    'a model name with escapes': [String.raw`{"messages":[],"model":"a\/b\u003a1"}`, { ...plain, model: 'a/b:1' }],
    'a model name with slash, colon, at, spaces and umlauts': [
      '{"messages":[],"model":"org/größe 7b@x:free"}',
      { ...plain, model: 'org/größe 7b@x:free' },
    ],
    'an escaped key': [String.raw`{"messages":[],"mod\u0065l":"m"}`, plain],
  };
  for (const [name, [body, expected]] of Object.entries(cases)) {
    it(name, () => expect(chat(body)).toEqual(expected));
  }

  it('the longest model name', () => {
    const model = 'm'.repeat(MODEL_NAME_CHARS_MAX);
    expect(chat(`{"messages":[],"model":"${model}"}`)).toEqual({ ...plain, model });
  });
});

describe('readChatRequest refuses', () => {
  const cases: Readonly<Record<string, readonly [string, string | undefined, RegExp]>> = {
    'a body that is no JSON': ['hello', undefined, /not a JSON object/],
    'a torn body': [`{${M}`, undefined, /not valid JSON/],
    'a model twice': [`{${M},"model":"n"}`, undefined, /"model" twice/],
    'a model twice, once escaped': [String.raw`{${M},"m\u006fdel":"n"}`.replace('${M}', M), undefined, /"model" twice/],
    'messages twice': [`{${M},"messages":[]}`, undefined, /"messages" twice/],
    'no model': ['{"messages":[]}', 'model', /names no 'model'/],
    'a model that is null': ['{"messages":[],"model":null}', 'model', /non-empty string/],
    'a model that is a number': ['{"messages":[],"model":5}', 'model', /non-empty string/],
    'a model that is a list': ['{"messages":[],"model":["m"]}', 'model', /non-empty string/],
    'an empty model': ['{"messages":[],"model":""}', 'model', /non-empty string/],
    'a blank model': ['{"messages":[],"model":"  "}', 'model', /non-empty string/],
    'a model that would split a header': [String.raw`{"messages":[],"model":"a\r\nx: y"}`, 'model', /control/],
    'a model with a raw line end': ['{"messages":[],"model":"a\nb"}', 'model', /non-empty string/],
    'a model with half a surrogate': [String.raw`{"messages":[],"model":"\ud83d"}`, 'model', /control/],
    'a model that is too long': [`{"messages":[],"model":"${'m'.repeat(513)}"}`, 'model', /too long/],
    'a model that is a book': [`{"messages":[],"model":"${'m'.repeat(100_000)}"}`, 'model', /too long/],
    'no messages': ['{"model":"m"}', 'messages', /has no 'messages'/],
    'messages that are text': ['{"model":"m","messages":"hi"}', 'messages', /must be an array/],
    'messages that are null': ['{"model":"m","messages":null}', 'messages', /must be an array/],
    'a stream that is text': [`{${M},"stream":"true"}`, 'stream', /true or false/],
    'a stream that is a number': [`{${M},"stream":1}`, 'stream', /true or false/],
    'a stream that is an object': [`{${M},"stream":{}}`, 'stream', /true or false/],
    'options that are a list': [`{${M},"stream_options":[]}`, 'stream_options', /must be an object/],
    'options that are false': [`{${M},"stream_options":false}`, 'stream_options', /must be an object/],
    'options with a key twice': [
      `{${M},"stream_options":{"include_usage":true,"include_usage":false}}`,
      'stream_options',
      /"include_usage" twice/,
    ],
    'include_usage that is text': [
      `{${M},"stream_options":{"include_usage":"yes"}}`,
      'stream_options.include_usage',
      /true or false/,
    ],
    'include_usage in another case': [
      `{${M},"stream_options":{"include_usage":false,"Include_Usage":true}}`,
      'stream_options.include_usage',
      /lower case/,
    ],
    'a second model in another case, which some parsers prefer': [`{${M},"Model":"n"}`, 'model', /lower case/],
    'a model in another case alone': ['{"messages":[],"MODEL":"n"}', 'model', /lower case/],
    'a stream spelt with the long s': [`{${M},"\u017ftream":true}`, 'stream', /lower case/],
    'messages in another case': [`{${M},"meSSages":[]}`, 'messages', /lower case/],
  };
  for (const [name, [body, param, problem]] of Object.entries(cases)) {
    it(name, () => expect(chat(body)).toEqual({ param, problem: expect.stringMatching(problem) }));
  }
});

const embeddings = (body: string): unknown => {
  const request = readEmbeddingsRequest(Buffer.from(body));
  return 'problem' in request ? request : request.model;
};

describe('readEmbeddingsRequest', () => {
  it('takes a text, texts, token ids and lists of token ids', () => {
    for (const input of ['"hi"', '["a","b"]', '[1,2]', '[[1],[2,3]]']) {
      expect(embeddings(`{"input":${input},"model":"e"}`)).toBe('e');
    }
  });

  it('refuses a missing input', () => {
    expect(embeddings('{"model":"e"}')).toEqual({ param: 'input', problem: "The request has no 'input'." });
  });

  it('refuses an input of another kind', () => {
    for (const input of ['null', '5', '{}', 'true']) {
      expect(embeddings(`{"model":"e","input":${input}}`)).toEqual({
        param: 'input',
        problem: "'input' must be a string or an array.",
      });
    }
  });

  it('refuses a missing model', () => {
    expect(embeddings('{"input":"a"}')).toMatchObject({ param: 'model' });
  });

  it('refuses a second input in another case', () => {
    expect(embeddings('{"input":"a","Input":"b","model":"e"}')).toMatchObject({ param: 'input' });
  });
});
