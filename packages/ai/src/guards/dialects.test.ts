import { describe, expect, it } from 'vitest';
import type { CallerDialect, ReplyContext, Target } from '../canonical/dialect.ts';
import type { DialectName } from '../canonical/chat-request.ts';
import type { Json } from '../canonical/json.ts';
import { Losses } from '../canonical/loss.ts';
import { anthropicCaller } from '../dialects/anthropic/anthropic-caller.ts';
import { bedrockCaller } from '../dialects/bedrock/bedrock-caller.ts';
import { cohereCaller } from '../dialects/cohere/cohere-caller.ts';
import { geminiCaller } from '../dialects/gemini/gemini-caller.ts';
import { ollamaCaller } from '../dialects/ollama/ollama-caller.ts';
import { openAiChatCaller } from '../dialects/openai-chat/caller.ts';
import { openAiResponsesCaller } from '../dialects/openai-responses/caller.ts';
import { PROVIDER_DIALECTS } from '../relay/provider-dialects.ts';
import { filtered, replyOf, streamOf } from './__fixtures__/replies.ts';
import { compileGuards } from './guard-set.ts';

/** Each stands somewhere else in a request, so that a leak says where it is. */
const mail = (where: string): string => `${where}@leak.example.com`;
const said = (where: string): string => `about ${mail(where)}.`;
const args = (where: string): Json => ({ to: mail(where), body: JSON.stringify({ cc: mail(where) }) });

const REQUESTS: readonly (readonly [CallerDialect, Json])[] = [
  [
    openAiChatCaller,
    {
      model: 'm',
      user: mail('user'),
      metadata: { owner: mail('metadata') },
      prediction: { type: 'content', content: said('prediction') },
      messages: [
        { role: 'system', content: said('system') },
        {
          role: 'user',
          content: [
            { type: 'text', text: said('part') },
            { type: 'text', text: 'plain' },
          ],
        },
        {
          role: 'assistant',
          content: said('assistant'),
          tool_calls: [
            { id: 'c', type: 'function', function: { name: 'f', arguments: JSON.stringify(args('arguments')) } },
          ],
        },
        { role: 'tool', tool_call_id: 'c', content: JSON.stringify(args('result')) },
      ],
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            description: said('tool'),
            parameters: { type: 'object', properties: { to: { type: 'string', description: said('property') } } },
          },
        },
      ],
    },
  ],
  [
    openAiResponsesCaller,
    {
      model: 'm',
      instructions: said('instructions'),
      input: [
        {
          type: 'message',
          role: 'user',
          id: 'i1',
          status: 'completed',
          content: [{ type: 'input_text', text: said('input') }],
        },
        {
          type: 'message',
          role: 'assistant',
          id: 'i2',
          status: 'completed',
          content: [{ type: 'output_text', text: said('output'), annotations: [] }],
        },
        {
          type: 'function_call',
          id: 'fc',
          call_id: 'c',
          name: 'f',
          arguments: JSON.stringify(args('arguments')),
          status: 'completed',
        },
        { type: 'function_call_output', call_id: 'c', output: said('result') },
      ],
    },
  ],
  [
    anthropicCaller,
    {
      model: 'm',
      max_tokens: 9,
      metadata: { user_id: mail('user') },
      system: [{ type: 'text', text: said('system'), cache_control: { type: 'ephemeral' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: said('text') },
            {
              type: 'document',
              title: said('title'),
              context: said('context'),
              source: { type: 'text', media_type: 'text/plain', data: said('document') },
            },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'search_result',
              source: 'https://x.example',
              title: said('found'),
              content: [{ type: 'text', text: said('search') }],
            },
          ],
        },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'f', input: args('input') }] },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'c', content: [{ type: 'text', text: said('result') }] }],
        },
      ],
    },
  ],
  [
    geminiCaller,
    {
      systemInstruction: { parts: [{ text: said('system') }] },
      contents: [
        {
          role: 'user',
          parts: [
            { text: said('text') },
            { inlineData: { mimeType: 'text/plain', data: Buffer.from(said('inline')).toString('base64') } },
          ],
        },
        { role: 'model', parts: [{ functionCall: { id: 'c', name: 'f', args: args('args') } }] },
        { role: 'user', parts: [{ functionResponse: { id: 'c', name: 'f', response: { found: said('response') } } }] },
      ],
    },
  ],
  [
    bedrockCaller,
    {
      system: [{ text: said('system') }, { guardContent: { text: { text: said('guarded'), qualifiers: ['query'] } } }],
      messages: [
        {
          role: 'user',
          content: [
            { text: said('text') },
            { guardContent: { text: { text: said('content') } } },
            {
              document: {
                format: 'txt',
                name: 'doc',
                source: { bytes: Buffer.from(said('bytes')).toString('base64') },
              },
            },
          ],
        },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'c', name: 'f', input: args('use') } }] },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 'c', content: [{ json: { found: said('json') } }, { text: said('result') }] } },
          ],
        },
      ],
      requestMetadata: { owner: said('metadata') },
    },
  ],
  [
    cohereCaller,
    {
      model: 'm',
      documents: [
        said('string'),
        { id: 'd', data: { title: said('title'), snippet: said('snippet'), more: said('more') } },
      ],
      messages: [
        { role: 'system', content: said('system') },
        { role: 'user', content: said('user') },
        {
          role: 'assistant',
          tool_plan: said('plan'),
          tool_calls: [
            { id: 'c', type: 'function', function: { name: 'f', arguments: JSON.stringify(args('arguments')) } },
          ],
        },
        {
          role: 'tool',
          tool_call_id: 'c',
          content: [{ type: 'document', document: { id: 'x', data: JSON.stringify(args('result')) } }],
        },
      ],
    },
  ],
  [
    ollamaCaller,
    {
      model: 'm',
      messages: [
        { role: 'system', content: said('system') },
        { role: 'user', content: said('user') },
        {
          role: 'assistant',
          content: '',
          thinking: said('thinking'),
          tool_calls: [{ function: { name: 'f', arguments: args('arguments') } }],
        },
        { role: 'tool', tool_name: 'f', content: said('result') },
      ],
    },
  ],
];

const GUARDS = compileGuards([{ kind: 'pii', action: 'mask', on: ['request'] }]);
const FACTS = { model: 'm', stream: false, header: () => undefined };
const NAMES: readonly DialectName[] = [
  'openai-chat',
  'openai-responses',
  'anthropic',
  'gemini',
  'bedrock',
  'mistral',
  'cohere',
  'ollama',
];

function targetOf(name: DialectName): Target {
  return { model: 'm', stream: true, rules: { kind: name }, maxOutputTokens: 100 };
}

/** What a provider gets to see, encoded documents too. */
function seen(body: string): string {
  return (
    body +
    [...body.matchAll(/"([A-Za-z0-9+/]{16,}={0,2})"/g)]
      .map(([, data = '']) => Buffer.from(data, 'base64').toString())
      .join(' ')
  );
}

describe('masking in every dialect', () => {
  it.each(REQUESTS.map(([caller, body]) => [caller.name, caller, body] as const))(
    'keeps what %s callers say from every provider',
    (_name, caller, body) => {
      const session = GUARDS.begin();
      const read = caller.readRequest(body, FACTS);
      const { request } = session.checkRequest(read);
      for (const name of NAMES) {
        const written = seen(PROVIDER_DIALECTS[name].writeRequest(request, targetOf(name), new Losses()));
        expect({ name, leaks: written.match(/\w+@leak\.example\.com/g) ?? [] }).toEqual({ name, leaks: [] });
        expect(written).toContain('[EMAIL_1]');
        // The same request without guards does hold them, or the test would prove nothing.
        expect(seen(PROVIDER_DIALECTS[name].writeRequest(read, targetOf(name), new Losses()))).toContain(
          '@leak.example.com',
        );
      }
    },
  );

  it.each(REQUESTS.map(([caller, body]) => [caller.name, caller, body] as const))(
    'gives %s callers back what they said',
    (_name, caller, body) => {
      const session = GUARDS.begin();
      // Writers echo the request: they get the caller's own, and readers of providers the one that was sent.
      const request = caller.readRequest(body, FACTS);
      session.checkRequest(request);
      const context: ReplyContext = {
        request,
        requestId: 'r',
        newId: (prefix) => `${prefix}1`,
      };
      const reply = replyOf([
        { type: 'text', text: 'Written to [EMAIL_1].' },
        { type: 'tool_call', id: 'c2', name: 'f', input: '{"to":"[EMAIL_1]"}' },
      ]);
      const whole = caller.writeReply(session.checkReply(reply).reply, context);
      const writer = caller.streamWriter(context);
      const streamed = filtered(
        session.streamFilter(),
        streamOf(reply, () => 2),
      )
        .map((event) => writer.write(event).toString())
        .join('');
      for (const out of [whole, streamed]) {
        expect(out).not.toContain('[EMAIL_1]');
        expect(out).toContain('leak.example.com');
      }
    },
  );
});
