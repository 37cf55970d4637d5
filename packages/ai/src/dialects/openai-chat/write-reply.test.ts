import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { ChatReply, Choice } from '../../canonical/chat-reply.ts';
import type { Block, ChatRequest } from '../../canonical/chat-request.ts';
import { parseExact } from '../../canonical/json.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import { answer, head, readContext, replyContext, requestOf } from './__fixtures__/canonical-replay.ts';
import { readReply } from './read-reply.ts';
import { writeReply } from './write-reply.ts';

const write = (reply: ChatReply, request: ChatRequest = requestOf()): unknown =>
  JSON.parse(writeReply(reply, replyContext(request)));

describe('writeReply', () => {
  it('writes a whole completion', () => {
    const usage = { inputUncached: 3, outputText: 4 };
    expect(
      write({
        ...answer([
          { type: 'text', text: 'A' },
          { type: 'text', text: 'B' },
        ]),
        usage,
      }),
    ).toEqual({
      id: 'msg_1',
      object: 'chat.completion',
      created: 1_762_500_000,
      model: 'claude',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'AB', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    });
  });

  it('writes null where there is no text beside calls (T10), and arguments that are never empty (T6)', () => {
    const blocks: Block[] = [
      { type: 'tool_call', id: 'a', name: 'f', input: '' },
      { type: 'tool_call', id: 'b', name: 'f', input: '{"n":12345678901234567890}' },
      { type: 'tool_call', id: 'c', name: 'sh', input: 'ls', custom: true },
      { type: 'tool_call', id: 'd', name: 'f', input: '{"cut":', signature: { value: 'g', dialect: 'gemini' } },
    ];
    expect(write(answer(blocks, { stop: { reason: 'tool_calls' } }))).toMatchObject({
      choices: [
        {
          message: {
            content: null,
            tool_calls: [
              { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
              { id: 'b', type: 'function', function: { name: 'f', arguments: '{"n":12345678901234567890}' } },
              { id: 'c', type: 'custom', custom: { name: 'sh', input: 'ls' } },
              { id: 'd', function: { arguments: '{"cut":' }, extra_content: { google: { thought_signature: 'g' } } },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
    });
  });

  it('keeps reasoning apart from text, with all that is signed (T17, T18, T19)', () => {
    const signature = { value: 's', dialect: 'anthropic' } as const;
    const sealed = sealSignature(signature, 'openai-chat');
    const blocks: Block[] = [
      { type: 'reasoning', text: ' a ', signature },
      { type: 'reasoning', text: '', signature },
      { type: 'text', text: 'T', signature: { value: 'g', dialect: 'gemini' } },
      { type: 'reasoning', text: '', redacted: { value: 'r', dialect: 'openai-responses' }, itemId: 'rs_1' },
    ];
    expect(write(answer(blocks))).toMatchObject({
      choices: [
        {
          message: {
            content: 'T',
            reasoning_content: ' a ',
            reasoning_details: [
              { type: 'reasoning.text', text: ' a ', signature: sealed, format: 'anthropic', index: 0 },
              { type: 'reasoning.text', text: '', signature: sealed, format: 'anthropic', index: 1 },
              { type: 'reasoning.encrypted', data: expect.any(String), format: 'openai', id: 'rs_1', index: 3 },
            ],
            extra_content: { google: { thought_signature: 'g' } },
          },
        },
      ],
    });
  });

  it('writes citations that have an address, pictures, sound and what only this dialect knows', () => {
    const blocks: Block[] = [
      { type: 'text', text: 'Text', citations: [{ url: 'https://a.org', text: 'cited' }, { text: 'nowhere' }] },
      { type: 'media', kind: 'image', source: { via: 'url', url: 'https://a.org/a.png' } },
      { type: 'media', kind: 'audio', source: { via: 'base64', data: 'AAAA' } },
      { type: 'opaque', dialect: 'openai-chat', data: { mood: 'good' } },
      { type: 'opaque', dialect: 'anthropic', data: { type: 'server_tool_use' } },
    ];
    expect(write(answer(blocks))).toMatchObject({
      choices: [
        {
          message: {
            annotations: [
              {
                type: 'url_citation',
                url_citation: {
                  url: 'https://a.org',
                  title: 'https://a.org',
                  start_index: 0,
                  end_index: 4,
                  content: 'cited',
                },
              },
            ],
            images: [{ type: 'image_url', image_url: { url: 'https://a.org/a.png' } }],
            audio: { id: 'audio_0', data: 'AAAA' },
            mood: 'good',
          },
        },
      ],
    });
    expect(JSON.stringify(write(answer(blocks)))).not.toContain('server_tool_use');
  });

  it('tells refusals in their own member', () => {
    const refusal = (reply: ChatReply): unknown => write(reply);
    expect(refusal(answer([{ type: 'refusal', text: 'No.' }], { stop: { reason: 'refusal' } }))).toMatchObject({
      choices: [{ message: { content: null, refusal: 'No.' }, finish_reason: 'stop' }],
    });
    expect(refusal(answer([], { stop: { reason: 'refusal', detail: 'Not this.' } }))).toMatchObject({
      choices: [{ message: { refusal: 'Not this.' }, finish_reason: 'stop' }],
    });
    expect(refusal(answer([{ type: 'text', text: 'Well' }], { stop: { reason: 'refusal' } }))).toMatchObject({
      choices: [{ message: { content: 'Well', refusal: null }, finish_reason: 'content_filter' }],
    });
  });

  it('writes a function call for those who offered functions', () => {
    const call: Block = { type: 'tool_call', id: 'a', name: 'f', input: '' };
    expect(
      write(answer([call], { stop: { reason: 'tool_calls' } }), requestOf({ functions: [{ name: 'f' }] })),
    ).toMatchObject({
      choices: [{ message: { function_call: { name: 'f', arguments: '{}' } }, finish_reason: 'function_call' }],
    });
  });

  it('does not call an answer complete that failed', () => {
    expect(write(answer([{ type: 'text', text: 'A' }], { stop: { reason: 'error' } }))).toMatchObject({
      choices: [{ finish_reason: 'error' }],
    });
  });

  it('writes all choices', () => {
    const choices: Choice[] = ['A', 'B'].map((text, index) => ({
      index,
      blocks: [{ type: 'text', text }],
      stop: { reason: 'length' },
    }));
    expect(write({ ...head, choices })).toMatchObject({
      choices: [
        { index: 0, message: { content: 'A' }, finish_reason: 'length' },
        { index: 1, message: { content: 'B' }, finish_reason: 'length' },
      ],
    });
  });

  it('keeps everything of a reply of its own dialect', () => {
    const logprobs = { content: [{ token: 'a', logprob: -0.25, bytes: [97], top_logprobs: [] }], refusal: null };
    const body = {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_762_500_000,
      model: 'gpt',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Text',
            refusal: null,
            annotations: [
              {
                type: 'url_citation',
                url_citation: { start_index: 0, end_index: 1, title: 'A', url: 'https://a.org' },
              },
            ],
            reasoning_details: [
              { type: 'reasoning.summary', summary: 'S', format: 'openai-responses-v1', index: 0 },
              { type: 'reasoning.encrypted', data: 'gAAA', format: 'openai-responses-v1', id: 'rs_1', index: 0 },
            ],
            reasoning_content: 'S',
            tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"n": 1.0}' } }],
            audio: { id: 'audio_1', data: 'AAAA', transcript: 'Hi', expires_at: 9 },
          },
          logprobs,
          finish_reason: 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 7,
        total_tokens: 17,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 2 },
      },
      service_tier: 'default',
      system_fingerprint: 'fp',
    };
    const reply = readReply(parseExact(JSON.stringify(body)) ?? null, readContext());
    expect(reply !== undefined && 'choices' in reply && write(reply)).toEqual(body);
  });

  it('is a completion for the official SDK', async () => {
    const body = writeReply(
      answer([{ type: 'tool_call', id: 'a', name: 'f', input: '{"x":1}' }], { stop: { reason: 'tool_calls' } }),
      replyContext(requestOf()),
    );
    const client = new OpenAI({
      apiKey: 'k',
      fetch: () => Promise.resolve(new Response(body, { headers: { 'content-type': 'application/json' } })),
    });
    const tools = [{ type: 'function' as const, function: { name: 'f', strict: true, parameters: {} } }];
    const { choices } = await client.chat.completions.parse({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      tools,
    });
    expect(choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: 'f', parsed_arguments: { x: 1 } } });
  });
});
