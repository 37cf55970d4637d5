import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../canonical/chat-reply.ts';
import { compiled, promptOf, saying, TRIAGE } from './__fixtures__/prompts.ts';
import { readPromptReply } from './prompt-reply.ts';

const PROMPT = compiled(TRIAGE);
const PLAIN = PROMPT.versions.get('1') ?? PROMPT.current;

describe('readPromptReply', () => {
  it('gives what the schema describes', () => {
    expect(readPromptReply(PROMPT.current, saying('{"level":2,"why":"fire"}'))).toEqual({
      reply: {
        prompt: 'triage',
        version: '2',
        model: 'gpt-5.5-mini',
        output: { level: 2, why: 'fire' },
        usage: { inputTokens: 14, cachedTokens: 4, outputTokens: 5, reasoningTokens: 2 },
      },
    });
  });

  it('gives text where there is no schema, and what nobody said is not there', () => {
    const { usage: _, ...uncounted } = saying('Fire!');
    const reply: ChatReply = { ...uncounted, model: '' };
    expect(readPromptReply(PLAIN, reply)).toEqual({
      reply: { prompt: 'triage', version: '1', model: 'cheap', output: 'Fire!', usage: null },
    });
  });

  it.each(['```json\n{"level":1}\n```', '```\r\n{"level":1}\n```\n', ' \n{"level":1} '])('reads %j', (text) => {
    expect(readPromptReply(PROMPT.current, saying(text))).toMatchObject({ reply: { output: { level: 1 } } });
  });

  it('keeps digits', () => {
    const answer = readPromptReply(PROMPT.current, saying('{"level":12345678901234567890}'));
    expect(JSON.stringify(answer)).toContain('"output":{"level":12345678901234567890}');
    // As null it would not be what the schema promises.
    const prompt = promptOf('hi', {}, { output: { schema: { items: { type: 'number' } } } });
    expect(JSON.stringify(readPromptReply(prompt.current, saying('[1e999]')))).toContain('"output":[1e999]');
  });

  it('joins the text of an answer, and leaves out what the model thought', () => {
    const blocks = [
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: '{"level"' },
      { type: 'text', text: ':1}' },
    ] as const;
    const reply: ChatReply = { ...saying(''), choices: [{ index: 0, blocks, stop: { reason: 'end' } }] };
    expect(readPromptReply(PROMPT.current, reply)).toMatchObject({ reply: { output: { level: 1 } } });
  });

  it.each<readonly [ChatReply, string, RegExp]>([
    [saying('Sorry'), 'not_json', /no JSON/],
    [saying(''), 'not_json', /no JSON/],
    [saying('{"level":1} and more'), 'not_json', /no JSON/],
    [saying('{"level":0}'), 'mismatch', /\/level must be at least 1\.$/],
    [saying('{"level":1,"x":1}'), 'mismatch', /\/x must not be there\.$/],
    [saying('{"__proto__":{"level":1}}'), 'mismatch', /must have level\.$/],
    [saying('[]'), 'mismatch', /must be of type object\.$/],
    [saying('{"level":1}', 'length'), 'unfinished', /not complete/],
    [saying('{"level":1}', 'pause'), 'unfinished', /not complete/],
    [saying('{"level":1}', 'tool_calls'), 'unfinished', /not complete/],
    [saying('{"level":1}', 'content_filter'), 'refused', /refused/],
    [{ ...saying(''), choices: [] }, 'unfinished', /not complete/],
    [
      {
        ...saying(''),
        choices: [{ index: 0, blocks: [{ type: 'refusal', text: 'no' }], stop: { reason: 'end' } }],
      },
      'refused',
      /refused/,
    ],
  ])('%#: says what is wrong with an answer', (reply, kind, message) => {
    const answer = readPromptReply(PROMPT.current, reply);
    expect(answer).toMatchObject({ problem: { kind, message: expect.stringMatching(message) } });
  });

  it('is told of in few words, however long a name the model makes up, and however deep it goes', () => {
    for (const text of [`{"level":1,"${'k'.repeat(300_000)}":1}`, `{"level":1,"${'\\ud83d\\ude00'.repeat(90)}":1}`]) {
      const answer = readPromptReply(PROMPT.current, saying(text));
      const message = 'problem' in answer ? answer.problem.message : '';
      expect(message).toMatch(/… must not be there\.$/);
      expect([message.length < 400, message.isWellFormed()]).toEqual([true, true]);
    }
  });

  it('is not slow or confused by an answer that was made to be', () => {
    for (const text of ['['.repeat(100_000), '```\n'.repeat(50_000), '{"a":'.repeat(50_000), '`'.repeat(200_000)]) {
      expect(readPromptReply(PROMPT.current, saying(text))).toMatchObject({ problem: { kind: 'not_json' } });
    }
    const deep = `{"level":1,"x":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    expect(readPromptReply(PROMPT.current, saying(deep))).toMatchObject({ problem: { kind: 'mismatch' } });
  });
});
