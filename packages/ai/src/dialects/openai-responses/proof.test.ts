import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Block, Signature } from '../../canonical/chat-request.ts';
import { Losses } from '../../canonical/loss.ts';
import { asJson, foreign, read, readFor, replyTo } from './__fixtures__/contexts.ts';
import { openAiResponsesCaller } from './caller.ts';
import { openAiResponsesProvider } from './provider.ts';
import { splitOwn } from './proof.ts';

const reply = (blocks: readonly Block[]): ChatReply => ({
  id: 'x',
  created: 1,
  model: 'm',
  choices: [{ index: 0, blocks, stop: { reason: 'end' } }],
});

interface Output {
  readonly output: readonly Record<string, unknown>[];
}

/** The answer that a caller of this dialect gets. */
function answer(blocks: readonly Block[]): Output['output'] {
  const { output }: Output = JSON.parse(openAiResponsesCaller.writeReply(reply(blocks), replyTo(read({ input: 'x' }))));
  return output;
}

/** What is understood when it sends the answer back. */
const sentBack = (items: readonly object[]): readonly Block[] =>
  read({ input: items }).turns.flatMap(({ blocks }) => blocks);

const ours: Signature = { value: 'sig/+=', dialect: 'anthropic' };
const gemini: Signature = { value: 'Zm9v', dialect: 'gemini' };

describe('signatures of other dialects come back through a caller of this one', () => {
  const cases: Readonly<Record<string, readonly Block[]>> = {
    'of reasoning': [{ type: 'reasoning', text: ' Hm\n', signature: ours }],
    'of reasoning without its text': [{ type: 'reasoning', text: '', signature: ours }],
    'of reasoning that is redacted': [{ type: 'reasoning', text: '', redacted: ours }],
    'of none': [{ type: 'reasoning', text: 'Hm' }],
    'of several in a row': [
      { type: 'reasoning', text: 'A', signature: ours },
      { type: 'reasoning', text: '', redacted: ours },
      { type: 'reasoning', text: 'B', signature: ours },
    ],
    'of calls, each of its own': [
      { type: 'tool_call', id: 'a', name: 'f', input: '{}', signature: gemini },
      { type: 'tool_call', id: 'b', name: 'f', input: '{}' },
      { type: 'tool_call', id: 'c', name: 'f', input: '{}', signature: ours },
    ],
    'of text': [
      { type: 'text', text: 'A', signature: gemini },
      { type: 'text', text: 'B' },
    ],
    'of text that is empty': [{ type: 'text', text: '', signature: gemini }],
    'of all at once': [
      { type: 'reasoning', text: 'Hm', signature: gemini },
      { type: 'text', text: 'A', signature: ours },
      { type: 'tool_call', id: 'a', name: 'f', input: '{}', signature: gemini },
    ],
  };
  for (const [name, blocks] of Object.entries(cases)) {
    it(name, () => {
      const items = answer(blocks);
      const expected = blocks.map((block) =>
        block.type === 'tool_call' ? { ...block, itemId: expect.stringMatching(/^fc_/) } : block,
      );
      expect(sentBack(items)).toEqual(expected);
      expect(JSON.stringify(items)).not.toContain('"sig/+="');
    });
  }

  it('but not to a provider of this one, who would refuse them, with or without the ids of their items', () => {
    const items = answer(Object.values(cases).flat()).flatMap((item) => [item, { ...item, id: undefined }]);
    const request = read({ input: [...items, { role: 'user', content: 'And?' }], store: false });
    const losses = new Losses();
    const target = { model: 'm', stream: false, rules: { kind: 'x' } };
    const written = openAiResponsesProvider.writeRequest(request, target, losses);
    expect(written).not.toContain('"reasoning"');
    expect(losses.codes).toEqual(['dropped:reasoning', 'dropped:reasoning_signature']);
  });

  it('and give themselves away to who would pass the body on as it is', () => {
    for (const blocks of Object.values(cases))
      expect(JSON.stringify(answer(blocks))).toMatch(/gatehouse-|Z2F0ZWhvdXNl/);
  });
});

describe('proofs of this dialect come back through callers of another', () => {
  const item = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA#x' };

  it('with the id of their item, which those have no place for', () => {
    const read1 = openAiResponsesProvider.readReply(asJson({ output: [item] }), readFor(foreign()));
    expect(read1).toMatchObject({ choices: [{ blocks: [{ redacted: { value: 'rs_1#gAAAA#x' } }] }] });
    expect(splitOwn({ value: 'rs_1#gAAAA#x', dialect: 'openai-responses' })).toEqual({
      id: 'rs_1',
      content: 'gAAAA#x',
    });
    expect(splitOwn({ value: 'rs_1#x', dialect: 'anthropic' })).toEqual({ content: 'rs_1#x' });
  });

  it('as they are to callers of this one', () => {
    const own = read({ input: 'x' });
    const understood = openAiResponsesProvider.readReply(asJson({ output: [item] }), readFor(own));
    if (understood === undefined || 'kind' in understood) throw new Error('no reply');
    const { output }: Output = JSON.parse(openAiResponsesCaller.writeReply(understood, replyTo(own)));
    expect(output).toEqual([{ ...item, status: 'completed' }]);
  });

  it('also when they look like what a gate has sealed', () => {
    const marked: Signature = { value: 'rs_1#gatehouse-redacted:x', dialect: 'openai-responses' };
    const [sealed] = answer([{ type: 'reasoning', text: 'Hm', signature: marked, itemId: 'rs_1' }]);
    expect(sealed).toMatchObject({ encrypted_content: 'gatehouse-reasoning:gatehouse-redacted:x' });
    expect(sentBack(sealed === undefined ? [] : [sealed])).toMatchObject([{ text: 'Hm', signature: marked }]);
  });
});

describe('a proof that has lost what it belongs to', () => {
  it('is left out', () => {
    const [proof] = answer([{ type: 'tool_call', id: 'a', name: 'f', input: '{}', signature: gemini }]);
    const call = { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' };
    const between = { role: 'user', content: 'x' };
    expect(sentBack([proof ?? {}, between, call]).map(({ type }) => type)).toEqual(['text', 'tool_call']);
    expect(sentBack([proof ?? {}, between, call])[1]).not.toHaveProperty('signature');
    const [, late] = answer([{ type: 'text', text: 'A', signature: gemini }]);
    expect(sentBack([late ?? {}, between])).toEqual([{ type: 'text', text: 'x' }]);
  });
});
