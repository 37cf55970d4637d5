import { describe, expect, it } from 'vitest';
import type { CallerDialect, Target } from '../canonical/dialect.ts';
import type { DialectName } from '../canonical/chat-request.ts';
import { parseExact, type Json, type JsonFields } from '../canonical/json.ts';
import { Losses } from '../canonical/loss.ts';
import { anthropicCaller } from '../dialects/anthropic/anthropic-caller.ts';
import { bedrockCaller } from '../dialects/bedrock/bedrock-caller.ts';
import { geminiCaller } from '../dialects/gemini/gemini-caller.ts';
import { openAiChatCaller } from '../dialects/openai-chat/caller.ts';
import { openAiResponsesCaller } from '../dialects/openai-responses/caller.ts';
import { PROVIDER_DIALECTS } from '../relay/provider-dialects.ts';
import { compileGuards } from './guard-set.ts';

const MAIL = 'jane@leak.example.com';
const said = `about ${MAIL}.`;
const FACTS = { model: 'm', stream: false, header: () => undefined };

/** A call of which one place holds a mail address, and the dialect of who would be told. */
type Place = readonly [where: string, caller: CallerDialect, provider: DialectName, body: Json];

const ask = { role: 'user', content: 'Hello.' };

function chat(more: JsonFields): Json {
  return { model: 'm', messages: [ask], ...more };
}

function messages(content: readonly Json[], more: JsonFields = {}): Json {
  return { model: 'm', max_tokens: 9, messages: [{ role: 'user', content }], ...more };
}

function withTool(properties: JsonFields): JsonFields {
  return { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties } } }] };
}

function functionResponse(response: JsonFields): Json {
  const called = { role: 'model', parts: [{ functionCall: { id: 'c', name: 'f', args: {} } }] };
  return { contents: [called, { role: 'user', parts: [{ functionResponse: { id: 'c', name: 'f', response } }] }] };
}

function toolResult(content: readonly Json[]): Json {
  const called = { role: 'assistant', content: [{ toolUse: { toolUseId: 'c', name: 'f', input: {} } }] };
  return { messages: [called, { role: 'user', content: [{ toolResult: { toolUseId: 'c', content } }] }] };
}

const base64 = Buffer.from(said).toString('base64');
const searched = { type: 'search_result', source: 'x', title: said, content: [{ type: 'text', text: 'found' }] };

const MASKED: readonly Place[] = [
  ['the name of who speaks', openAiChatCaller, 'openai-chat', chat({ messages: [{ ...ask, name: MAIL }] })],
  ['words that end an answer', openAiChatCaller, 'openai-chat', chat({ stop: ['END', said] })],
  ['the name of a session', openAiChatCaller, 'openai-chat', chat({ prompt_cache_key: MAIL })],
  ['the name of metadata', openAiChatCaller, 'openai-chat', chat({ metadata: { [MAIL]: 'x' } })],
  ['`data` of a dialect', openAiChatCaller, 'openai-chat', chat({ vendor: { data: said } })],
  ['an id that is none', openAiChatCaller, 'openai-chat', chat({ vendor: { customer_id: MAIL } })],
  ['an object under `data`', openAiChatCaller, 'openai-chat', chat({ vendor: { data: { note: said } } })],
  ['a choice of a schema', openAiChatCaller, 'openai-chat', chat(withTool({ to: { type: 'string', enum: [MAIL] } }))],
  ['a default of a schema', openAiChatCaller, 'openai-chat', chat(withTool({ to: { default: { data: MAIL } } }))],
  ['an example of a schema', openAiChatCaller, 'openai-chat', chat(withTool({ to: { examples: [MAIL] } }))],
  [
    'a script as a file',
    openAiChatCaller,
    'openai-chat',
    chat({
      messages: [
        {
          role: 'user',
          content: [{ type: 'file', file: { filename: 'f.sh', file_data: `data:application/x-sh;base64,${base64}` } }],
        },
      ],
    }),
  ],
  [
    'a variable of a stored prompt',
    openAiResponsesCaller,
    'openai-responses',
    { model: 'm', input: 'Hello.', prompt: { id: 'p', variables: { customer: said, data: said } } },
  ],
  ['a member of a text', anthropicCaller, 'anthropic', messages([{ type: 'text', text: 'x', note: said }])],
  ['a title of a search result', anthropicCaller, 'anthropic', messages([searched])],
  [
    'a title of a document in parts',
    anthropicCaller,
    'anthropic',
    messages([
      { type: 'document', title: said, source: { type: 'content', content: [{ type: 'text', text: 'part' }] } },
    ]),
  ],
  [
    'an example of a tool',
    anthropicCaller,
    'anthropic',
    messages([{ type: 'text', text: 'x' }], {
      tools: [{ name: 'f', input_schema: { type: 'object' }, input_examples: [{ data: said }] }],
    }),
  ],
  ...['data', 'customer_id', 'bytes', 'headers', 'authorization', 'signature', 'userId'].map((name): Place => [
    `\`${name}\` of a result`,
    geminiCaller,
    'gemini',
    functionResponse({ [name]: said }),
  ]),
  ['deep in `data` of a result', geminiCaller, 'gemini', functionResponse({ data: { rows: [{ id: said }] } })],
  ['the name of a member of a result', geminiCaller, 'gemini', functionResponse({ byMail: { [MAIL]: 1 } })],
  ['`data` of a result in JSON', bedrockCaller, 'bedrock', toolResult([{ json: { data: said } }])],
  ['the name of a member in JSON', bedrockCaller, 'bedrock', toolResult([{ json: { [MAIL]: 1 } }])],
];

const SEEN: readonly Place[] = [
  ['the name of a property', openAiChatCaller, 'openai-chat', chat(withTool({ [MAIL]: { type: 'string' } }))],
  ['a pattern of a schema', openAiChatCaller, 'openai-chat', chat(withTool({ to: { pattern: `^${MAIL}$` } }))],
  [
    'a grammar',
    openAiChatCaller,
    'openai-chat',
    chat({
      tools: [
        {
          type: 'custom',
          custom: {
            name: 'c',
            format: { type: 'grammar', grammar: { syntax: 'lark', definition: `start: "${MAIL}"` } },
          },
        },
      ],
    }),
  ],
];

/** What a provider gets to see, encoded documents too. */
function told(body: string): string {
  const encoded = [...body.matchAll(/[",]([A-Za-z0-9+/]{16,}={0,2})"/g)];
  return body + encoded.map(([, data = '']) => Buffer.from(data, 'base64').toString()).join(' ');
}

function written(place: Place, action: 'mask' | 'block') {
  const [, caller, provider, body] = place;
  const read = caller.readRequest(body, FACTS);
  const verdict = compileGuards([{ kind: 'pii', action, on: ['request'] }])
    .begin()
    .checkRequest(read);
  const target: Target = { model: 'm', stream: false, rules: { kind: provider }, maxOutputTokens: 100 };
  const write = (request: typeof read): string =>
    told(PROVIDER_DIALECTS[provider].writeRequest(request, target, new Losses()));
  return { ...verdict, plain: write(read), sent: write(verdict.request) };
}

describe('what is hidden in a request', () => {
  it.each(MASKED)('is masked in %s', (...place) => {
    const { plain, sent } = written(place, 'mask');
    expect(plain).toContain(MAIL);
    expect(sent).not.toContain(MAIL);
    expect(sent).toContain('[EMAIL_');
    expect(written(place, 'block').action).toBe('block');
  });

  it.each(SEEN)('is found in %s, which cannot be changed', (...place) => {
    const { findings } = written(place, 'mask');
    expect(findings).toMatchObject([{ kind: 'email', action: 'flag' }]);
    expect(written(place, 'block').action).toBe('block');
  });

  it('is left alone where it is no text', () => {
    const coded = {
      data: '+4915112345678+4915112345678',
      signature: Buffer.from(said).toString('base64'),
      headers: { from: MAIL },
      authorization: `Basic ${MAIL}`,
      file_data: `data:image/png;base64,${'+4915112345678'.repeat(4)}`,
      conversation: `conv_${'4915112345678'.repeat(3)}`,
    };
    const read = openAiChatCaller.readRequest(chat({ vendor: coded }), FACTS);
    const guards = compileGuards([{ kind: 'pii', action: 'mask' }]);
    expect(guards.begin().checkRequest(read).request).toBe(read);
  });

  it('stays what it is where nothing is found', () => {
    for (const [, caller, , body] of [...MASKED, ...SEEN]) {
      const text = JSON.stringify(body).replaceAll(MAIL, 'nobody').replaceAll(base64, 'bm9ib2R5IGF0IGFsbA==');
      const read = caller.readRequest(parseExact(text) ?? null, FACTS);
      const guards = compileGuards([{ kind: 'pii', action: 'mask' }]);
      expect(guards.begin().checkRequest(read).request).toBe(read);
    }
  });
});
