import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Untranslatable } from '../canonical/loss.ts';
import { compiled, TRIAGE } from '../prompts/__fixtures__/prompts.ts';
import { providerRow } from '../providers/provider-table.ts';
import { promptDoor } from './prompt-door.ts';
import type { Destination, OpenedCall } from './relay.ts';

const DOOR = promptDoor(compiled(TRIAGE), { dryRun: true });
const GIVEN = { team: 'support', levels: 3, strict: true, ticket: 'It burns' };

function open(body: string | Buffer, query = ''): ReturnType<typeof DOOR.open> {
  return DOOR.open(Buffer.from(body), { path: '/prompts/triage', query, header: () => undefined });
}

function callOf(given: object, query = ''): OpenedCall {
  const call = open(JSON.stringify(given), query);
  if ('problem' in call) throw new Error(call.problem);
  return call;
}

function destination(kind: string): Destination {
  const row = providerRow(kind);
  if (row === undefined) throw new Error(kind);
  return { row, model: 'm', forceUsage: true, requestId: 'r', created: 1 };
}

describe('promptDoor', () => {
  it.each(['openai', 'anthropic', 'google', 'mistral', 'ollama'])('writes every request anew, also to %s', (kind) => {
    const relay = callOf(GIVEN).relayTo(destination(kind));
    expect(relay.untouched).toBe(false);
    expect(relay.replyType).toBe('text/event-stream; charset=utf-8');
    expect(relay.body.toString()).toContain('It burns');
    expect(relay.body.toString()).not.toContain('"team"');
  });

  it('says what the call is', () => {
    const call = callOf(GIVEN, '?stream=true');
    expect(call).toMatchObject({
      dialect: 'prompt',
      model: 'fast',
      stream: true,
      prompt: { name: 'triage', version: '2' },
    });
    expect(call.asked()).toMatchObject({ maxOutputTokens: 200 });
    expect(callOf({ ticket: 'x' }, '?version=1')).toMatchObject({ model: 'cheap', stream: false });
  });

  it('asks nobody for a dry run', () => {
    const call = callOf(GIVEN, '?dry-run=true');
    expect(call.asked()).toEqual({ inputTokensEstimate: 0, maxOutputTokens: 0 });
    expect(JSON.parse(call.locally?.(destination('openai'))?.body ?? '')).toMatchObject({
      target: { kind: 'openai', model: 'm' },
      messages: [{}, {}, {}, { role: 'assistant' }, { role: 'system', text: 'Strict: true' }, { role: 'user' }],
    });
    expect(() => call.relayTo(destination('openai'))).toThrow(Untranslatable);
    const facts = { path: '/prompts/triage', query: '?dry-run=true', header: () => undefined };
    const silent = promptDoor(compiled(TRIAGE), { dryRun: false });
    expect(() => silent.open(Buffer.from(JSON.stringify(GIVEN)), facts)).toThrow('does not show');
  });

  it('takes no body for no variables', () => {
    const plain = { model: 'fast', messages: [{ role: 'user', text: 'hi' }], variables: {} } as const;
    const door = promptDoor(compiled({ name: 'p', current: '1', versions: { '1': plain } }), { dryRun: false });
    const call = door.open(Buffer.alloc(0), { path: '/', query: '', header: () => undefined });
    expect(call).toMatchObject({ model: 'fast' });
  });

  it('names all values that are wrong', () => {
    expect(open('{"team":1,"x":1}')).toMatchObject({
      problem: '5 of the values are not what the prompt takes.',
      errors: [{ field: 'x' }, { field: 'team' }, { field: 'levels' }, { field: 'strict' }, { field: 'ticket' }],
    });
    expect(open('{"__proto__":1}')).toMatchObject({ errors: [{ field: '__proto__' }, {}, {}, {}, {}] });
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`v${index}`, 1]));
    expect(open(JSON.stringify(many))).toHaveProperty('errors.length', 32);
  });

  it('opens or refuses whatever comes, and never throws', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((some) => Buffer.from(some)),
      fc.json().map((text) => Buffer.from(text)),
      fc.dictionary(fc.string(), fc.jsonValue()).map((some) => Buffer.from(JSON.stringify({ ...GIVEN, ...some }))),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        const call = open(body);
        expect('problem' in call ? call.problem : call.model).not.toBe('');
      }),
    );
  });
});
