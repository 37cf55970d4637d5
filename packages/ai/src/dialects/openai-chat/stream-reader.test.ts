import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseSplitter } from '../../sse.ts';
import { ChatStreamReader, type Decision, type StreamEnd } from './stream-reader.ts';

interface Outcome extends StreamEnd {
  readonly decisions: string;
  /** Which event carried the first token. */
  readonly firstToken: number | undefined;
  readonly model: string | undefined;
  readonly error: string | undefined;
  readonly forwarded: string;
}

const LETTERS: Readonly<Record<Decision, string>> = { forward: 'f', hide: 'h', error: 'e' };

function replay(chunks: readonly Buffer[], hideUsage: boolean): Outcome {
  const reader = new ChatStreamReader({ hideUsage });
  const forwarded: Buffer[] = [];
  let decisions = '';
  let firstToken: number | undefined;
  const splitter = new SseSplitter((event) => {
    const decision = reader.read(event);
    if (decision === 'forward') forwarded.push(Buffer.from(event.raw));
    if (reader.tokenSeen) firstToken ??= decisions.length;
    decisions += LETTERS[decision];
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  const { model, error } = reader;
  const raw = Buffer.concat(forwarded).toString();
  return { ...reader.end(), decisions, firstToken, model, error: error?.kind, forwarded: raw };
}

const FIXTURES = join(import.meta.dirname, '__fixtures__');
const fixture = (name: string): Buffer => readFileSync(join(FIXTURES, `${name}.sse`));

type Expected = Omit<Outcome, 'forwarded'>;

const complete = { complete: true, usageState: 'measured', error: undefined } as const;

/** What each recorded stream tells when the gate forced the usage that the caller did not ask for. */
const EXPECTED: Readonly<Record<string, Expected>> = {
  'openai-text': {
    ...complete,
    decisions: 'fffffffhf',
    firstToken: 1,
    model: 'gpt-5-mini-2025-08-07',
    finishReason: 'stop',
    usage: { inputUncached: 105, cacheRead: 1024, outputText: 10, reasoning: 128 },
  },
  'openai-tools': {
    ...complete,
    decisions: 'fffffffhf',
    firstToken: 0,
    model: 'gpt-5-mini-2025-08-07',
    finishReason: 'tool_calls',
    usage: { inputUncached: 82, cacheRead: 0, cacheWrite: 0, outputText: 46, reasoning: 0 },
  },
  'azure-filters': {
    ...complete,
    decisions: 'ffffffhf',
    firstToken: 2,
    model: 'gpt-4.1-2025-04-14',
    finishReason: 'stop',
    usage: { inputUncached: 11, outputText: 3 },
  },
  'groq-reasoning': {
    ...complete,
    decisions: 'fffff',
    firstToken: 1,
    model: 'openai/gpt-oss-20b',
    finishReason: 'stop',
    usage: { inputUncached: 75, outputText: 9, reasoning: 12 },
  },
  'deepseek-reasoning': {
    ...complete,
    decisions: 'fffffff',
    firstToken: 3,
    model: 'deepseek-reasoner',
    finishReason: 'stop',
    usage: { inputUncached: 44, cacheRead: 256, outputText: 10, reasoning: 30 },
  },
  'perplexity-cumulative': {
    ...complete,
    decisions: 'fffff',
    firstToken: 0,
    model: 'sonar',
    finishReason: 'stop',
    usage: { inputUncached: 9, outputText: 4 },
  },
  'xai-tools': {
    ...complete,
    decisions: 'fffhf',
    firstToken: 1,
    model: 'grok-4.20',
    finishReason: 'tool_calls',
    usage: { inputUncached: 289, cacheRead: 2, outputText: 26, reasoning: 196 },
  },
  'mistral-tools': {
    ...complete,
    decisions: 'ffff',
    firstToken: 1,
    model: 'magistral-medium',
    finishReason: 'tool_calls',
    usage: { inputUncached: 30, cacheRead: 64, outputText: 28 },
  },
  'two-choices': {
    ...complete,
    decisions: 'fffff',
    firstToken: 1,
    model: 'gpt-5-mini-2025-08-07',
    finishReason: 'length',
    usage: undefined,
    usageState: 'missing',
  },
  'openrouter-error': {
    complete: false,
    decisions: 'fffffeh',
    firstToken: 2,
    model: 'anthropic/claude-haiku-5',
    finishReason: undefined,
    usage: undefined,
    usageState: 'missing',
    error: 'upstream',
  },
  'vllm-error-first': {
    complete: false,
    decisions: 'eh',
    firstToken: undefined,
    model: undefined,
    finishReason: undefined,
    usage: undefined,
    usageState: 'missing',
    error: 'invalid_request',
  },
  truncated: {
    complete: false,
    decisions: 'ffh',
    firstToken: 1,
    model: 'gpt-5-mini-2025-08-07',
    finishReason: undefined,
    usage: undefined,
    usageState: 'missing',
    error: undefined,
  },
};

describe('ChatStreamReader', () => {
  for (const [name, expected] of Object.entries(EXPECTED)) {
    it(`reads the recorded stream ${name}`, () => {
      const { forwarded: _, ...outcome } = replay([fixture(name)], true);
      expect(outcome).toEqual(expected);
    });

    it(`reads ${name} alike when it is split at every byte`, () => {
      const bytes = fixture(name);
      const whole = replay([bytes], true);
      for (let at = 1; at < bytes.length; at++) {
        expect(replay([bytes.subarray(0, at), bytes.subarray(at)], true)).toEqual(whole);
      }
    });

    it(`reads ${name} alike when it arrives byte by byte`, () => {
      const bytes = fixture(name);
      const single = Array.from(bytes, (byte) => Buffer.from([byte]));
      expect(replay(single, true)).toEqual(replay([bytes], true));
    });
  }

  it('has an expectation for every recorded stream', () => {
    const names = readdirSync(FIXTURES).filter((name) => name.endsWith('.sse'));
    expect(names.toSorted()).toEqual(
      Object.keys(EXPECTED)
        .map((name) => `${name}.sse`)
        .toSorted(),
    );
  });

  it('forwards a stream whose caller asked for usage byte for byte', () => {
    for (const [name, { complete: whole }] of Object.entries(EXPECTED)) {
      if (whole) expect(replay([fixture(name)], false).forwarded).toBe(fixture(name).toString());
    }
  });

  it('hides the usage chunk and nothing else from a caller who did not ask', () => {
    const events = fixture('openai-text')
      .toString()
      .split(/(?<=\n\n)/);
    const visible = events.filter((event) => !event.includes('"choices":[],"usage":{'));
    expect(visible).toHaveLength(events.length - 1);
    expect(replay([fixture('openai-text')], true).forwarded).toBe(visible.join(''));
  });
});

const chunk = (members: object): string => `data: ${JSON.stringify(members)}\n\n`;
const delta = (value: object, finish: string | null = null): string =>
  chunk({ choices: [{ index: 0, delta: value, finish_reason: finish }], usage: null });
const usage = chunk({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 2 } });
const DONE = 'data: [DONE]\n\n';

const read = (body: string, hideUsage = true): Outcome => replay([Buffer.from(body)], hideUsage);

describe('ChatStreamReader takes for the first token', () => {
  const cases: Readonly<Record<string, readonly [object, boolean]>> = {
    'no role': [{ role: 'assistant' }, false],
    'no empty content': [{ role: 'assistant', content: '', refusal: null }, false],
    'no empty list': [{ tool_calls: [], reasoning_details: [] }, false],
    'no empty delta': [{}, false],
    'the text': [{ content: 'a' }, true],
    'a single space': [{ content: ' ' }, true],
    'a text beside a role': [{ role: 'assistant', content: 'a' }, true],
    'a refusal': [{ refusal: 'no' }, true],
    reasoning: [{ content: null, reasoning_content: 'hm' }, true],
    'reasoning under its other name': [{ reasoning: 'hm' }, true],
    'a tool call': [{ tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] }, true],
    'the old function call': [{ function_call: { name: 'f', arguments: '' } }, true],
    audio: [{ audio: { id: 'audio_1', data: '' } }, true],
    'content in parts': [{ content: [{ type: 'text', text: 'a' }] }, true],
  };
  for (const [name, [value, seen]] of Object.entries(cases)) {
    it(name, () => expect(read(delta(value)).firstToken).toBe(seen ? 0 : undefined));
  }

  it('that of any choice', () => {
    const choices = [
      { index: 0, delta: {} },
      { index: 1, delta: { content: 'a' } },
    ];
    expect(read(chunk({ choices })).firstToken).toBe(0);
  });
});

describe('ChatStreamReader decides', () => {
  it('to forward comments and blank lines, which keep the connection alive', () => {
    expect(read(`: wait\n\n\n${DONE}`)).toMatchObject({ decisions: 'fff', complete: true });
  });

  it('to hide events without data, which official SDKs die of', () => {
    expect(read(`event: ping\n\ndata:\n\n${DONE}`)).toMatchObject({ decisions: 'hhf' });
  });

  it('to hide whatever follows the terminator', () => {
    expect(read(`${DONE}: more\n\n${delta({ content: 'x' })}${DONE}`)).toMatchObject({ decisions: 'fhhh' });
  });

  it('to hide whatever follows an error', () => {
    const body = `${delta({ content: 'a' })}${chunk({ error: { message: 'x' } })}${delta({ content: 'b' })}${DONE}`;
    expect(read(body)).toMatchObject({ decisions: 'fehh', complete: false });
  });

  it('to forward a data event that is no JSON but whole', () => {
    expect(read(`data: hello\n\ndata: [1]\n\n${DONE}`)).toMatchObject({ decisions: 'fff', complete: true });
  });

  it('that half of a chunk is a failure, before the first token and behind it', () => {
    const torn = 'data: {"choices":[{"index":0,"delta":{"content":"lo\n\n';
    const failed = { complete: false, error: 'upstream' };
    expect(read(`${torn}${delta({ content: 'a' })}${DONE}`)).toMatchObject({ ...failed, decisions: 'ehh' });
    expect(read(`${delta({ content: 'a' })}${torn}${DONE}`)).toMatchObject({ ...failed, decisions: 'feh' });
  });

  it('nothing by white space behind a chunk', () => {
    const body = delta({ content: 'a' }) + delta({ content: 'b' }).replace('\n\n', ' \n\n');
    expect(read(`${body}${DONE}`)).toMatchObject({ decisions: 'fff', complete: true });
  });

  it('to forward a usage that came with a choice', () => {
    const body = chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { completion_tokens: 1 } });
    expect(read(`${body}${DONE}`)).toMatchObject({ decisions: 'ff', usage: { inputUncached: 0, outputText: 1 } });
  });

  it('to hide a usage chunk that has no choices member at all', () => {
    expect(read(`${chunk({ usage: { prompt_tokens: 1 } })}${DONE}`)).toMatchObject({ decisions: 'hf' });
  });

  it('that an error is not one when it is null', () => {
    expect(read(`${delta({ content: 'a' })}${chunk({ error: null, choices: [] })}${DONE}`)).toMatchObject({
      decisions: 'fff',
      complete: true,
    });
  });

  it('not by words that the model says', () => {
    const words = [
      '"usage":{"prompt_tokens":9}',
      '{"error":{"message":"x"}}',
      '[DONE]',
      'data: [DONE]',
      '"finish_reason":"x"',
    ];
    const body = words.map((content) => delta({ content })).join('');
    expect(read(`${body}${usage}${DONE}`)).toMatchObject({
      decisions: 'fffffhf',
      usage: { inputUncached: 5, outputText: 2 },
      error: undefined,
      finishReason: undefined,
    });
  });

  it('alike whether a token is a word of interest or not', () => {
    const body = ['usage', 'error', 'finish_reason', 'null'].map((content) => delta({ content })).join('');
    expect(read(`${body}${DONE}`)).toMatchObject({ decisions: 'fffff', usage: undefined, error: undefined });
  });
});

describe('ChatStreamReader recognises the terminator', () => {
  for (const body of [
    'data: [DONE]\n\n',
    'data:[DONE]\n\n',
    'data:  [DONE] \r\n\r\n',
    'data: [DONE]',
    'event: x\ndata: [DONE]\n\n',
  ]) {
    it(`in ${JSON.stringify(body)}`, () => expect(read(body).complete).toBe(true));
  }
  for (const body of ['data: [DON', 'data: "[DONE]"\n\n', ': [DONE]\n\n', 'data: x[DONE]\n\n', '[DONE]\n\n']) {
    it(`not in ${JSON.stringify(body)}`, () => expect(read(body).complete).toBe(false));
  }
});

describe('ChatStreamReader says of the usage that it is', () => {
  const text = delta({ content: 'a' });
  const finish = delta({}, 'stop');
  const running = chunk({
    choices: [{ index: 0, delta: { content: 'b' } }],
    usage: { prompt_tokens: 5, completion_tokens: 1 },
  });
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'measured when it came last of a complete stream': [text + finish + usage + DONE, 'measured'],
    'measured when only the terminator is lost behind it': [text + finish + usage, 'measured'],
    'measured when it ran along to the end': [running + running + finish + DONE, 'measured'],
    'partial when the stream broke off behind a running count': [text + running, 'partial'],
    'partial when nothing counted what came with the finish': [running + finish, 'partial'],
    'missing when there was none': [text + finish + DONE, 'missing'],
    'missing when it counts nothing': [text + chunk({ choices: [], usage: {} }) + DONE, 'missing'],
  };
  for (const [name, [body, state]] of Object.entries(cases)) {
    it(name, () => expect(read(body).usageState).toBe(state));
  }

  it('the last of several, never their sum', () => {
    expect(read(running + running + usage + DONE).usage).toEqual({ inputUncached: 5, outputText: 2 });
  });

  it('found inside a choice, where one vendor puts it', () => {
    const inside = {
      choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage: { prompt_tokens: 3, cached_tokens: 1 } }],
    };
    expect(read(chunk(inside) + DONE).usage).toEqual({ inputUncached: 2, cacheRead: 1, outputText: 0 });
  });
});

describe('ChatStreamReader survives', () => {
  it('any JSON in any place', () => {
    const member = fc.constantFrom('choices', 'delta', 'usage', 'error', 'finish_reason', 'model', 'x_groq', 'object');
    const value = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, true, 0, -1, 1e300, '', 'stop', 'error'),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(member, tie('tree'), { maxKeys: 4 }),
      ),
    })).tree;
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), (events) => {
        const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
        expect(read(body).decisions).toMatch(/^[fh]*(e?h*)$/);
      }),
      { numRuns: 2000 },
    );
  });
});
