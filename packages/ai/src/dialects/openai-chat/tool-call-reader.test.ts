import { describe, expect, it } from 'vitest';
import { blocksOf, call, deltasOf, replay, requestOf, stopOf, type Setting } from './__fixtures__/canonical-replay.ts';
import { toolNames } from './chat-names.ts';

/** What calls there were, as `id name input`. */
const callsOf = (deltas: readonly object[], setting: Setting = {}) =>
  blocksOf(deltasOf(deltas, 'tool_calls'), setting)
    .filter((block) => block.type === 'tool_call')
    .map(({ id, name, input }) => `${id} ${name} ${input}`);

describe('ToolCallReader', () => {
  it('begins a call at a new id where there is no index, and goes on without one (T1)', () => {
    expect(
      callsOf([
        call({ id: 'a' }, { name: 'f', arguments: '{"x":' }),
        call({}, { arguments: '1}' }),
        call({ id: 'b' }, { name: 'g', arguments: '' }),
        call({ id: 'b' }, { arguments: '{}' }),
      ]),
    ).toEqual(['a f {"x":1}', 'b g {}']);
  });

  it('tells calls of one index apart by their ids (T2)', () => {
    expect(
      callsOf([
        call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x":1}' }),
        call({ index: 0, id: 'b' }, { name: 'f', arguments: '{"x":2}' }),
      ]),
    ).toEqual(['a f {"x":1}', 'b f {"x":2}']);
  });

  it('tells calls of one index apart by a new name behind whole arguments (T2)', () => {
    expect(
      callsOf([
        call({ index: 0 }, { name: 'f', arguments: '{"x":1}' }),
        call({ index: 0 }, { name: 'g', arguments: '{}' }),
        call({ index: 0 }, { name: 'g', arguments: '{"y":2}' }),
      ]),
    ).toEqual(['call_0 f {"x":1}', 'call_1 g {}', 'call_2 g {"y":2}']);
  });

  it('takes an empty or a repeated id for the same call (T2), and does not append names (T4)', () => {
    expect(
      callsOf([
        call({ index: 0, id: 'a', type: 'function' }, { name: 'f', arguments: '' }),
        call({ index: 0, id: '' }, { name: '', arguments: '{"x"' }),
        call({ index: 0, id: 'a' }, { name: 'f', arguments: ':1' }),
        call({ index: 0, id: '', type: '' }, { name: 'f', arguments: '}' }),
        call({ index: 0, id: 'a' }, { name: 'f', arguments: '' }),
      ]),
    ).toEqual(['a f {"x":1}']);
  });

  it('takes another id without a name for the same call', () => {
    expect(
      callsOf([
        call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x"' }),
        call({ index: 0, id: 'b' }, { arguments: ':1}' }),
      ]),
    ).toEqual(['a f {"x":1}']);
  });

  it('keeps fragments of interleaved calls apart (T8)', () => {
    expect(
      callsOf([
        call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x"' }),
        call({ index: 1, id: 'b' }, { name: 'g', arguments: '{"y"' }),
        call({ index: 0 }, { arguments: ':1}' }),
        call({ index: 1 }, { arguments: ':2}' }),
      ]),
    ).toEqual(['a f {"x":1}', 'b g {"y":2}']);
  });

  it('stops a whole call before the next begins', () => {
    const { events } = replay([
      deltasOf([
        call({ index: 0, id: 'a' }, { name: 'f', arguments: '{}' }),
        call({ index: 1, id: 'b' }, { name: 'g', arguments: '{}' }),
      ]),
    ]);
    expect(events.map(({ t }) => t)).toEqual([
      'start',
      'block',
      'delta',
      'block_stop',
      'block',
      'delta',
      'block_stop',
      'stop',
      'done',
    ]);
  });

  it('waits for the name, and leaves out a call that never gets one', () => {
    expect(
      callsOf([
        call({ index: 0, id: 'a' }),
        call({ index: 0 }, { arguments: '{"x":' }),
        call({ index: 0 }, { name: 'f', arguments: '1}' }),
      ]),
    ).toEqual(['a f {"x":1}']);
    expect(stopOf(deltasOf([call({ index: 0, id: 'a' }, { arguments: '{}' })], 'tool_calls'))).toEqual({
      reason: 'malformed_tool_call',
      raw: 'tool_calls',
    });
  });

  it('writes objects out once, with all their digits (T5, T47)', () => {
    const body =
      'data: {"id":"1","choices":[{"index":0,"delta":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":{"n":12345678901234567890}}}]},"finish_reason":"tool_calls"}]}\n\n';
    expect(blocksOf(Buffer.from(body))).toEqual([
      { type: 'tool_call', id: 'a', name: 'f', input: '{"n":12345678901234567890}' },
    ]);
  });

  it('makes nothing an empty object (T6), and keeps what is no JSON', () => {
    expect(callsOf([call({ index: 0, id: 'a' }, { name: 'f', arguments: '' })])).toEqual(['a f {}']);
    expect(callsOf([call({ index: 0, id: 'a' }, { name: 'f', arguments: null })])).toEqual(['a f {}']);
    expect(callsOf([call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"cut":' })])).toEqual(['a f {"cut":']);
  });

  it('makes ids where there are none (T7), and reads the calls of old', () => {
    expect(callsOf([call({ index: 0 }, { name: 'f', arguments: '{}' })])).toEqual(['call_0 f {}']);
    expect(callsOf([{ function_call: { name: 'f', arguments: '' } }, { function_call: { arguments: '{}' } }])).toEqual([
      'call_0 f {}',
    ]);
  });

  it('reads calls of free-text tools', () => {
    const deltas = [
      { tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'sh', input: '' } }] },
      { tool_calls: [{ index: 0, custom: { input: 'ls' } }] },
    ];
    expect(blocksOf(deltasOf(deltas))).toEqual([{ type: 'tool_call', id: 'a', name: 'sh', input: 'ls', custom: true }]);
  });

  it('unwraps free text that was offered as a function', () => {
    const request = requestOf({ tools: [{ type: 'custom', custom: { name: 'sh' } }] });
    const deltas = [
      call({ index: 0, id: 'a' }, { name: 'sh', arguments: '{"inp' }),
      call({ index: 0 }, { arguments: 'ut":"ls"}' }),
    ];
    const setting = { request, rules: { customTools: false } };
    expect(blocksOf(deltasOf(deltas), setting)).toEqual([
      { type: 'tool_call', id: 'a', name: 'sh', input: 'ls', custom: true },
    ]);
    expect(blocksOf(deltasOf([call({ id: 'a' }, { name: 'sh', arguments: 'ls' })]), setting)).toMatchObject([
      { input: 'ls' },
    ]);
  });

  it('gives tools the names that the caller has for them', () => {
    const request = requestOf({ tools: [{ type: 'function', function: { name: 'my.tool' } }] });
    const wire = toolNames(request).toWire('my.tool');
    expect(callsOf([call({ id: 'a' }, { name: wire, arguments: '{}' })], { request })).toEqual(['a my.tool {}']);
  });

  it('reads signatures, with the call and behind it', () => {
    const extra = (thought_signature: string): object => ({ extra_content: { google: { thought_signature } } });
    const deltas = [
      call({ index: 0, id: 'a', ...extra('s1') }, { name: 'f', arguments: '{}' }),
      call({ index: 1, id: 'b' }, { name: 'g' }),
      call({ index: 1, ...extra('s2') }),
    ];
    expect(blocksOf(deltasOf(deltas))).toMatchObject([
      { signature: { value: 's1', dialect: 'gemini' } },
      { signature: { value: 's2', dialect: 'gemini' } },
    ]);
  });

  it('tells text behind whole calls at once, and behind begun ones when they have ended', () => {
    const whole = call({ index: 0, id: 'a' }, { name: 'f', arguments: '{}' });
    expect(blocksOf(deltasOf([whole, { content: 'T' }])).map(({ type }) => type)).toEqual(['tool_call', 'text']);
    const begun = call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x"' });
    expect(
      blocksOf(deltasOf([begun, { content: 'T' }, call({ index: 0 }, { arguments: ':1}' }), { content: 'U' }])),
    ).toEqual([
      { type: 'tool_call', id: 'a', name: 'f', input: '{"x":1}' },
      { type: 'text', text: 'TU' },
    ]);
  });
});
