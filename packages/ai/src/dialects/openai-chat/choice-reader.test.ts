import { describe, expect, it } from 'vitest';
import type { Json } from '../../canonical/json.ts';
import { blocksOf, call, deltasOf, replay, stopOf, streamOf } from './__fixtures__/canonical-replay.ts';

describe('ChoiceReader', () => {
  it('reads reasoning under either name, once', () => {
    expect(
      blocksOf(
        deltasOf([
          { reasoning_content: 'A', reasoning: 'A' },
          { reasoning: 'B' },
          { reasoning_content: '', content: '' },
          { content: 'C' },
        ]),
      ),
    ).toEqual([
      { type: 'reasoning', text: 'AB' },
      { type: 'text', text: 'C' },
    ]);
  });

  it('reads reasoning in tags only where that is configured (T25)', () => {
    const deltas = Array.from('\n<think>\nA</b>B</think>\n\nC <think>', (content) => ({ content }));
    expect(blocksOf(deltasOf(deltas), { rules: { thinkTags: true } })).toEqual([
      { type: 'reasoning', text: '\nA</b>B' },
      { type: 'text', text: 'C <think>' },
    ]);
    expect(blocksOf(deltasOf([{ content: '<think>A</think>B' }]))).toEqual([
      { type: 'text', text: '<think>A</think>B' },
    ]);
  });

  it('reads content in parts', () => {
    const content: Json = [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'R' }] },
      { type: 'thinking', thinking: [{ type: 'text', text: 'S' }] },
      { type: 'text', text: 'T' },
      'U',
      { type: 'reference', reference_ids: [1] },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0K' } },
    ];
    expect(blocksOf(deltasOf([{ content }]))).toEqual([
      { type: 'reasoning', text: 'RS' },
      { type: 'text', text: 'TU' },
      { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0K' } },
    ]);
  });

  it('reads entries in fragments beside their strings, as OpenRouter sends them', () => {
    const format = 'anthropic-claude-v1';
    const text = (said: string) => ({
      reasoning: said,
      reasoning_details: [{ type: 'reasoning.text', text: said, format, index: 0 }],
    });
    const blocks = blocksOf(
      deltasOf([
        text('A '),
        text(' B'),
        { reasoning_details: [{ type: 'reasoning.text', signature: 'sig', format, index: 0 }] },
        { content: 'C' },
      ]),
    );
    expect(blocks).toMatchObject([
      { type: 'reasoning', text: 'A  B', signature: { dialect: 'openai-chat' } },
      { text: 'C' },
    ]);
  });

  it('reads a summary and what is encrypted as two blocks', () => {
    const entry = (members: object) => ({
      reasoning_details: [{ format: 'openai-responses-v1', index: 0, ...members }],
    });
    const blocks = blocksOf(
      deltasOf([
        entry({ type: 'reasoning.summary', summary: 'A' }),
        entry({ type: 'reasoning.summary', summary: 'B' }),
        entry({ type: 'reasoning.encrypted', data: 'gAAA', id: 'rs_1' }),
      ]),
    );
    expect(blocks).toMatchObject([
      { type: 'reasoning', text: 'AB' },
      { type: 'reasoning', text: '', redacted: { dialect: 'openai-chat' }, itemId: 'rs_1' },
    ]);
  });

  it('does not take entries for more text where strings have said it all', () => {
    const entry = { type: 'reasoning.text', text: 'AB', signature: 'sig', index: 0 };
    const other = { type: 'reasoning.text', text: 'C', signature: 'gis', index: 1 };
    expect(
      blocksOf(
        deltasOf([
          { reasoning_content: 'A' },
          { reasoning_content: 'B' },
          { reasoning_details: [entry] },
          { reasoning_content: 'C' },
          { reasoning_details: [entry, other] },
        ]),
      ),
    ).toEqual([
      { type: 'reasoning', text: 'AB', signature: { value: 'sig', dialect: 'openai-chat' } },
      { type: 'reasoning', text: 'C', signature: { value: 'gis', dialect: 'openai-chat' } },
    ]);
  });

  it('keeps a signature without text (T17)', () => {
    expect(
      blocksOf(deltasOf([{ reasoning_details: [{ type: 'reasoning.text', text: '', signature: 'sig', index: 0 }] }])),
    ).toEqual([{ type: 'reasoning', text: '', signature: { value: 'sig', dialect: 'openai-chat' } }]);
  });

  it('joins halves of a character that deltas have torn apart (T26)', () => {
    const [high, low] = ['\\ud83c', '\\udfef'];
    const body = `data: {"id":"1","choices":[{"index":0,"delta":{"content":"${high}"}}]}\n\ndata: {"choices":[{"index":0,"delta":{"content":"${low}"},"finish_reason":"stop"}]}\n\n`;
    expect(blocksOf(Buffer.from(body))).toEqual([{ type: 'text', text: '🏯' }]);
  });

  it('reads refusals, sound, pictures, citations and likelihoods', () => {
    const end = replay([
      streamOf(
        {
          id: '1',
          choices: [{ index: 0, delta: { refusal: 'No' }, logprobs: { content: [{ token: 'a' }], refusal: null } }],
        },
        { choices: [{ index: 0, delta: { refusal: '.' }, logprobs: { content: [{ token: 'b' }] } }] },
        {
          choices: [
            {
              index: 0,
              delta: { content: 'T', annotations: [{ type: 'url_citation', url_citation: { url: 'https://a.org' } }] },
            },
          ],
        },
        { choices: [{ index: 0, delta: { audio: { id: 'audio_1', data: 'AA', transcript: 'He' } } }] },
        { choices: [{ index: 0, delta: { audio: { data: 'BB', transcript: 'llo', expires_at: 5 } } }] },
        {
          choices: [
            {
              index: 0,
              delta: { images: [{ type: 'image_url', image_url: { url: 'https://a.org/a.png' } }] },
              finish_reason: 'stop',
            },
          ],
        },
      ),
    ]).end;
    expect(end).toMatchObject({
      choices: [
        {
          blocks: [
            { type: 'refusal', text: 'No.' },
            { type: 'text', text: 'T', citations: [{ url: 'https://a.org' }] },
            { type: 'media', kind: 'image' },
            { type: 'opaque', data: { audio: { id: 'audio_1', data: 'AABB', transcript: 'Hello', expires_at: 5 } } },
          ],
          stop: { reason: 'refusal' },
          logprobs: { content: [{ token: 'a' }, { token: 'b' }] },
        },
      ],
    });
  });

  it.each([
    ['stop', 'end'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['sensitive', 'content_filter'],
    ['model_length', 'context_exceeded'],
    ['eos', 'end'],
    ['tool_calls', 'end'],
    ['something_new', 'unknown'],
  ])('reads the reason %s as %s', (raw, reason) => {
    expect(stopOf(deltasOf([{ content: 'A' }], raw))).toEqual({ reason, raw });
  });

  it('keeps the reason of what was cut short, with calls or without (T49)', () => {
    const begun = call({ index: 0, id: 'a' }, { name: 'f', arguments: '{"x":' });
    expect(stopOf(deltasOf([begun], 'length'))).toEqual({ reason: 'length', raw: 'length' });
    expect(stopOf(deltasOf([begun], 'stop'))).toEqual({ reason: 'tool_calls', raw: 'stop' });
  });

  it('tells which stop sequence was met', () => {
    for (const met of [{ stop_reason: 'END' }, { matched_stop: 'END' }]) {
      const body = streamOf({
        id: '1',
        choices: [{ index: 0, delta: { content: 'A' }, finish_reason: 'stop', ...met }],
      });
      expect(stopOf(body)).toEqual({ reason: 'stop_sequence', sequence: 'END', raw: 'stop' });
    }
  });
});
