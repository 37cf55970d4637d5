import { describe, expect, it } from 'vitest';
import { Untranslatable } from '../../canonical/loss.ts';
import { asJson, NO_FACTS, written } from '../chat-shaped/__fixtures__/contexts.ts';
import { cohereCaller } from './cohere-caller.ts';
import { cohereProvider } from './cohere-provider.ts';

describe('a request of Cohere to Cohere', () => {
  it.each<[string, object]>([
    [
      'all members',
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Weather?' },
          {
            role: 'assistant',
            content: [{ type: 'thinking', thinking: 'hm' }],
            tool_plan: 'I look.',
            tool_calls: [
              {
                id: 'c1',
                type: 'function',
                function: { name: 'get-weather', arguments: '{"id":12345678901234567890}' },
              },
            ],
          },
          {
            role: 'tool',
            tool_call_id: 'c1',
            content: [
              { type: 'document', document: { id: 'd1', data: { t: 20 } } },
              { type: 'document', document: { data: 'raw' } },
            ],
          },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'so' },
              { type: 'text', text: '20 °C' },
            ],
            citations: [
              { start: 0, end: 5, text: '20 °C', sources: [{ type: 'tool', id: 'd1', tool_output: { t: 20 } }] },
            ],
          },
          { role: 'system', content: 'In verse.' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'Thanks' },
              { type: 'image_url', image_url: { url: 'https://a.test/x.png', detail: 'auto' } },
            ],
          },
        ],
        tools: [
          { type: 'function', function: { name: 'get-weather', parameters: { type: 'object', properties: {} } } },
        ],
        strict_tools: true,
        tool_choice: 'NONE',
        documents: ['plain', { id: 'x', data: { title: 'T', snippet: 's', url: 'https://a.test' } }],
        response_format: { type: 'json_object', json_schema: { type: 'object' } },
        citation_options: { mode: 'FAST' },
        safety_mode: 'OFF',
        max_tokens: 10,
        stop_sequences: ['END'],
        temperature: 0.3,
        seed: 1,
        frequency_penalty: 0.5,
        presence_penalty: 0.5,
        k: 5,
        p: 0.7,
        logprobs: true,
        thinking: { type: 'enabled', token_budget: 500 },
        priority: 3,
      },
    ],
    ['little', { messages: [{ role: 'user', content: 'Hi' }], thinking: { type: 'disabled' } }],
  ])('keeps %s', (_, members) => {
    const sent = { model: 'their-model', stream: false, ...members };
    const { body, losses } = written(cohereProvider, cohereCaller.readRequest(asJson(sent), NO_FACTS));
    expect(JSON.parse(JSON.stringify(body))).toEqual(JSON.parse(JSON.stringify(sent)));
    expect(losses).toEqual([]);
  });

  it('says what it could not keep', () => {
    const request = cohereCaller.readRequest(
      asJson({ model: 'm', messages: [{ role: 'user', content: 'x', odd: 1 }] }),
      NO_FACTS,
    );
    expect(written(cohereProvider, request).losses).toEqual(['dropped:messages.odd']);
  });

  it('refuses results that answer nothing', () => {
    const request = cohereCaller.readRequest(
      asJson({ model: 'm', messages: [{ role: 'tool', tool_call_id: 'x', content: 'y' }] }),
      NO_FACTS,
    );
    expect(() => written(cohereProvider, request)).toThrow(Untranslatable);
  });
});
