import { describe, expect, it } from 'vitest';
import {
  RefusalLessons,
  refusedMember,
  RefusedMembers,
  reportsUsage,
  rulesWithout,
  type RefusedRequest,
} from './refused-members.ts';

const REQUEST: RefusedRequest = {
  dialect: 'openai-chat',
  body: Buffer.from('{"max_tokens":5,"top_p":1,"temperature":1,"service_tier":"x","tools":[],"stream_options":{}}'),
  untouched: false,
  translated: true,
  reasons: false,
  hidesUsage: false,
  refused: undefined,
};

function said(param: unknown, code: unknown = 'unsupported_parameter'): Buffer {
  const error = { message: `Unsupported: '${String(param)}'`, type: 'invalid_request_error', param, code };
  return Buffer.from(JSON.stringify({ error }));
}

describe('refusedMember', () => {
  const passing = { untouched: true, translated: false };
  const cases: Readonly<Record<string, [Partial<RefusedRequest>, number, Buffer, string | undefined]>> = {
    'is the limit under its old name': [passing, 400, said('max_tokens'), 'max_tokens'],
    'is the limit where the gate itself wrote it': [{}, 400, said('max_tokens'), 'max_tokens'],
    'is nothing when the caller names both': [
      { ...passing, body: Buffer.from('{"max_tokens":5,"max_completion_tokens":5}') },
      400,
      said('max_tokens'),
      undefined,
    ],
    'is nothing under another status': [passing, 422, said('max_tokens'), undefined],
    'is nothing for a value of the limit': [passing, 400, said('max_tokens', 'invalid_value'), undefined],
    'is nothing that it was written without': [
      { refused: new Set(['max_tokens']) },
      400,
      said('max_tokens'),
      undefined,
    ],
    'is a wish of a call that is translated': [{}, 400, said('top_p'), 'top_p'],
    'is a wish that has one value there': [{}, 400, said('temperature', 'unsupported_value'), 'temperature'],
    'is no wish that may have another value there': [{}, 400, said('service_tier', 'unsupported_value'), undefined],
    "is no wish of a caller's own words": [passing, 400, said('temperature'), undefined],
    'is nothing that an answer must not do without': [{}, 400, said('tools'), undefined],
    'is nothing that was not sent': [{ body: Buffer.from('{"model":"x"}') }, 400, said('max_tokens'), undefined],
    'is no wish that was not sent': [{ body: Buffer.from('{"model":"top_p"}') }, 400, said('seed'), undefined],
    'is no usage that was not asked for': [
      { hidesUsage: true, body: Buffer.from('{}') },
      400,
      Buffer.from('no stream_options here'),
      undefined,
    ],
    'is nothing of another dialect': [{ dialect: 'mistral' }, 400, said('max_tokens'), undefined],
    'is usage in whatever words': [{ hidesUsage: true }, 422, Buffer.from('no stream_options here'), 'stream_options'],
    'is not the usage that the caller asks for': [{}, 400, Buffer.from('no stream_options here'), undefined],
    'is nothing in garbage': [{}, 400, Buffer.from('{"error":{"code":"unsupported_parameter","param":{}}}'), undefined],
  };
  it.each(Object.entries(cases))('%s', (_, [request, status, body, expected]) => {
    expect(refusedMember({ ...REQUEST, ...request }, status, body)).toBe(expected);
  });
});

describe('RefusedMembers', () => {
  const place = (model: string) => ({ provider: { name: 'p' }, model });
  const plain = { asksForReasoning: () => false };
  const reasoning = { asksForReasoning: () => true };

  it('knows what a model refuses, and of others nothing', () => {
    const refused = new RefusedMembers();
    refused.note(place('a'), 'max_tokens', plain);
    refused.note(place('a'), 'temperature', undefined);
    expect(refused.of(place('a'), plain)).toEqual(new Set(['max_tokens', 'temperature']));
    expect(refused.of(place('b'), plain)).toBeUndefined();
  });

  it('tells wishes of who asks for reasoning from those of others', () => {
    const refused = new RefusedMembers();
    refused.note(place('a'), 'temperature', reasoning);
    refused.note(place('a'), 'stream_options', plain);
    refused.note(place('a'), 'seed', plain);
    refused.note(place('a'), 'max_tokens', reasoning);
    expect(refused.of(place('a'), reasoning)).toEqual(new Set(['temperature', 'stream_options', 'max_tokens']));
    expect(refused.of(place('a'), plain)).toEqual(new Set(['stream_options', 'seed', 'max_tokens']));
  });

  it('does not look at who asks where it makes no difference', () => {
    const refused = new RefusedMembers();
    refused.note(place('a'), 'max_tokens', plain);
    const asker = {
      asksForReasoning: (): boolean => {
        throw new Error('looked at');
      },
    };
    expect(refused.of(place('a'), asker)).toEqual(new Set(['max_tokens']));
  });

  it('forgets what nobody asks for any more', () => {
    const refused = new RefusedMembers();
    refused.note(place('old'), 'max_tokens', plain);
    refused.note(place('used'), 'max_tokens', plain);
    for (let i = 0; i < 5000; i++) {
      refused.note(place(`m${i}`), 'max_tokens', plain);
      refused.of(place('used'), plain);
    }
    expect(refused.of(place('old'), plain)).toBeUndefined();
    expect(refused.of(place('used'), plain)).toBeDefined();
  });

  it('learns from a call what helped it, and nothing before', () => {
    const refused = new RefusedMembers();
    const lessons = new RefusalLessons(refused);
    refused.note(place('a'), 'max_tokens', plain);
    lessons.learn(place('a'), 'seed');
    lessons.learn(place('b'), 'user');
    expect(lessons.of(place('a'), plain)).toEqual(new Set(['max_tokens', 'seed']));
    expect(refused.of(place('a'), plain)).toEqual(new Set(['max_tokens']));
    lessons.answered(place('a'), plain);
    expect(refused.of(place('a'), plain)).toEqual(new Set(['max_tokens', 'seed']));
    expect(refused.of(place('b'), plain)).toBeUndefined();
  });
});

describe('what a call is written by', () => {
  it('names the limit anew and drops wishes, beside what is dropped anyway', () => {
    const rules = { kind: 'x', maxTokensField: 'max_tokens', drops: ['n'] } as const;
    expect(rulesWithout(rules, new Set(['max_tokens', 'temperature', 'stream_options']))).toEqual({
      kind: 'x',
      maxTokensField: 'max_completion_tokens',
      drops: ['n', 'temperature'],
    });
    expect(rulesWithout(rules, undefined)).toBe(rules);
  });

  it('asks for usage until that is refused', () => {
    expect([reportsUsage(undefined), reportsUsage(new Set(['stream_options']))]).toEqual([true, false]);
  });
});
