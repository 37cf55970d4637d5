import { describe, expect, it } from 'vitest';
import { providerRow } from '../providers/provider-table.ts';
import { doorOf } from './doors.ts';
import type { Relay } from './relay.ts';

const SDK = 'speakeasy-sdk/typescript 2.7.0 2.884.13 1.0.0 @mistralai/mistralai';

const MESSAGES = '"messages":[{"role":"user","content":"hi"}]';

function asked(body: string, agent = SDK): Relay {
  const facts = { path: '/', query: '', header: (name: string) => (name === 'user-agent' ? agent : undefined) };
  const call = doorOf('chat').open(Buffer.from(body), facts);
  const row = providerRow('openai');
  if ('problem' in call || row === undefined) throw new Error('no call');
  return call.relayTo({ row, model: 'x', forceUsage: true, requestId: 'r', created: 0 });
}

function shown(relay: Relay, events: readonly object[]): string {
  let out = '';
  const stream = relay.openStream((bytes) => (out += bytes.toString()), 'text/event-stream');
  const body = Buffer.from(
    [...events.map((event) => JSON.stringify(event)), '[DONE]'].map((data) => `data: ${data}\n\n`).join(''),
  );
  stream.push(body, 0, body.length);
  expect(stream.end().complete).toBe(true);
  return out;
}

describe("what Mistral's SDK asks in OpenAI's dialect", () => {
  const call = (delta: object) => ({ index: 0, delta: { tool_calls: [delta] }, finish_reason: null });
  const events = [
    { id: 'c', model: 'x', choices: [{ index: 0, delta: { role: 'assistant', content: null } }] },
    { choices: [call({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } })] },
    { choices: [call({ index: 0, function: { arguments: '{"a"' } })] },
    { choices: [call({ index: 0, function: { arguments: ':1}' } })] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
  ];

  it('goes on as it came, and comes back with calls that are whole', () => {
    const relay = asked(`{ "model":"m", "stream":true, "odd":1e2, ${MESSAGES} }`);
    expect(relay.body.toString()).toBe(
      `{ "model":"x", "stream":true,"stream_options":{"include_usage":true}, "odd":1e2, ${MESSAGES} }`,
    );
    const calls = shown(relay, events)
      .split('\n\n')
      .filter((event) => event.includes('tool_calls":['));
    expect(calls).toHaveLength(1);
    expect(calls[0]).toContain('"function":{"name":"f","arguments":"{\\"a\\":1}"}');
  });

  it('is refused when it is no call, before the vendor is asked', () => {
    expect(() => asked('{"model":"m","stream":true,"messages":[]}')).toThrow(/must hold a message/);
  });

  it('is not touched when no stream is asked for', () => {
    expect(asked('{"model":"m","messages":[]}').untouched).toBe(true);
  });

  it("is written anew when it holds words of Mistral's", () => {
    const part = '{"type":"document_url","document_url":"data:application/pdf;base64,JVBERi0="}';
    const body = `{"model":"m","messages":[{"role":"user","content":[${part}]}]}`;
    expect(asked(body).body.toString()).not.toContain('document_url');
    expect(asked(body, 'openai-node').body.toString()).toContain('document_url');
  });

  it('is told apart from what others ask, whose streams pass', () => {
    const relay = asked('{"model":"m","stream":true,"messages":[]}', 'OpenAI/JS 7.57.0');
    expect(relay.untouched).toBe(true);
    expect(shown(relay, events)).toContain('"arguments":"{\\"a\\""');
  });
});
