import { describe, expect, it } from 'vitest';
import { asFields, parseJson } from '../../loose-json.ts';
import { composeReply, type DemoReply } from './demo-reply.ts';
import type { DemoRequest } from './demo-request.ts';

const user = (content: unknown): object => ({ role: 'user', content });

function compose(messages: readonly object[], rest: Partial<DemoRequest> = {}): DemoReply {
  return composeReply({
    model: 'demo',
    messages: messages.map((message) => ({ ...message })),
    stream: false,
    includeUsage: false,
    tokensMax: undefined,
    tools: [],
    toolChoice: undefined,
    ...rest,
  });
}

const say = (text: string, rest?: Partial<DemoRequest>): string => compose([user(text)], rest).words.join('');

describe('composeReply', () => {
  it('says the same to the same messages and something else to others', () => {
    expect(compose([user('Hello')])).toEqual(compose([user('Hello')]));
    expect(compose([user('Hello')]).id).not.toBe(compose([user('Hello!')]).id);
  });

  it('has an id and a date that come from the messages', () => {
    expect(compose([user('Hello')])).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-demo-[0-9a-f]{24}$/),
      created: expect.closeTo(1_783_000_000, -8),
    });
  });

  it('echoes the last thing that the user said', () => {
    expect(compose([user('First'), { role: 'assistant', content: 'x' }, user('Second')]).words.join('')).toMatch(
      /You said: "Second"$/,
    );
  });

  it('reads content in parts', () => {
    const parts = [
      { type: 'text', text: 'Look' },
      { type: 'image_url', image_url: {} },
      { type: 'text', text: 'here' },
    ];
    expect(compose([user(parts)]).words.join('')).toMatch(/"Look here"$/);
  });

  it('cuts a long echo short', () => expect(say('x'.repeat(5000))).toMatch(/"x{300}…"$/));

  it('answers the result of a tool', () => {
    const messages = [user('Weather?'), { role: 'tool', tool_call_id: 'c', content: '22 °C' }];
    expect(compose(messages).words.join('')).toBe('The tool answers: "22 °C". That settles it.');
  });

  it('knows what it is asked about', () => {
    expect(say('What is Gatehouse?')).toMatch(/gate/i);
    expect(say('Tell me a joke')).toMatch(/gate|packet/i);
    expect(say('Who are you?')).toMatch(/demo model|gatehouse/);
  });

  it('needs nothing to answer', () => expect(compose([{ role: 'system' }]).words.length).toBeGreaterThan(3));

  it('counts by its own tokeniser', () => {
    const { usage, words } = compose([{ role: 'system', content: 'Be kind.' }, user('one two three')]);
    expect(usage.prompt_tokens).toBe(7);
    expect(usage.completion_tokens).toBe(Math.round(words.length * 1.3));
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
  });

  it('stops at the limit of tokens and says so', () => {
    for (const tokensMax of [1, 5, 8]) {
      const reply = compose([user('Hello')], { tokensMax });
      expect(reply.finishReason).toBe('length');
      expect(reply.usage.completion_tokens).toBeLessThanOrEqual(tokensMax);
    }
    expect(compose([user('Hello')], { tokensMax: 1000 }).finishReason).toBe('stop');
  });
});

const weather = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: {
      type: 'object',
      properties: {
        city: { type: 'string' },
        unit: { type: 'string', enum: ['celsius', 'kelvin'] },
        days: { type: 'integer' },
        wind: { type: 'boolean' },
        at: { type: 'object', properties: { hours: { type: 'array', items: { type: 'number' } } } },
      },
    },
  },
};
const clock = { type: 'function', function: { name: 'clock' } };

function call(tools: DemoRequest['tools'], toolChoice: unknown): DemoReply['toolCall'] {
  return compose([user('Ulm')], { tools, toolChoice }).toolCall;
}

describe('composeReply calls a tool', () => {
  it('when one is required, with arguments that fit its schema', () => {
    const { name, arguments: text = '' } = call([weather, clock], 'required') ?? {};
    expect(name).toBe('weather');
    expect(asFields(parseJson(text))).toEqual({
      city: 'Ulm',
      unit: 'celsius',
      days: 42,
      wind: true,
      at: { hours: [42] },
    });
  });

  it('when it is named', () => {
    expect(call([weather, clock], { type: 'function', function: { name: 'clock' } })).toMatchObject({
      name: 'clock',
      arguments: '{}',
    });
  });

  it('not when it may choose, when it must not, or when there is none', () => {
    expect(call([weather], 'auto')).toBeUndefined();
    expect(call([weather], undefined)).toBeUndefined();
    expect(call([weather], 'none')).toBeUndefined();
    expect(call([], 'required')).toBeUndefined();
    expect(call([weather], { type: 'function', function: { name: 'ghost' } })).toBeUndefined();
  });

  it('and then says nothing else and ends for that reason', () => {
    const reply = compose([user('Ulm')], { tools: [weather], toolChoice: 'required' });
    expect(reply).toMatchObject({ words: [], finishReason: 'tool_calls' });
    expect(reply.usage.completion_tokens).toBeGreaterThan(0);
  });

  it('and does not lose itself in a schema without end', () => {
    const endless: Record<string, unknown> = { type: 'object' };
    endless['properties'] = { again: endless };
    const tool = { type: 'function', function: { name: 'loop', parameters: endless } };
    expect(call([tool], 'required')?.arguments).toBe('{"again":{"again":{"again":{"again":{}}}}}');
  });
});
