import { describe, expect, it } from 'vitest';
import type { ModelFacts } from '../catalogue/model-facts.ts';
import { OverriddenCatalogue, type ModelOverride } from '../catalogue/overrides.ts';
import { providerRow, type ProviderRow } from '../providers/provider-table.ts';
import { doorOf, type DoorName } from '../relay/doors.ts';
import type { ChatSide } from '../relay/relay.ts';

const PNG = 'iVBORw0KGgo=';

function chatOf(door: DoorName, body: object, { path = '/', betas = '' } = {}): ChatSide {
  const header = (name: string): string | undefined => (name === 'anthropic-beta' ? betas : undefined);
  const call = doorOf(door).open(Buffer.from(JSON.stringify(body)), { path, query: '', header });
  if ('problem' in call || call.chat === undefined) throw new Error('no chat');
  return call.chat;
}

function row(kind: string): ProviderRow {
  const found = providerRow(kind);
  if (found === undefined) throw new Error(kind);
  return found;
}

function facts(can: ModelFacts['can'], limits: Partial<ModelFacts> = {}): ModelFacts {
  const none = { prices: undefined, contextTokens: undefined, maxOutputTokens: undefined };
  return { id: 'x', priceVersion: 'x', ...none, can, ...limits };
}

function lack(chat: ChatSide, known: ModelFacts | undefined, kind = 'openai-compatible') {
  return chat.lackAt({ row: row(kind), model: 'x', facts: known });
}

function says(content: unknown, more: object = {}): object {
  return { model: 'm', messages: [{ role: 'user', content }], ...more };
}

const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };
const SCHEMA = { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } };
const IMAGE = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } };
const BLIND = facts({ vision: false, documents: false, audio: false, tools: false, schema: false, reasoning: false });

describe('a lack', () => {
  const gemini = '/v1beta/models/m:generateContent';
  const converse = '/model/m/converse';
  const cases: readonly (readonly [what: string, door: DoorName, body: object, path: string, param: string])[] = [
    ['see images', 'chat', says([IMAGE]), '/', 'messages'],
    [
      'read documents',
      'chat',
      says([{ type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=' } }]),
      '/',
      'messages',
    ],
    [
      'hear audio',
      'chat',
      says([{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }]),
      '/',
      'messages',
    ],
    ['call tools', 'chat', says('hi', { tools: [TOOL] }), '/', 'tools'],
    ['hold its answer to a JSON schema', 'chat', says('hi', { response_format: SCHEMA }), '/', 'response_format'],
    [
      'see images',
      'responses',
      { model: 'm', input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'https://a/b.png' }] }] },
      '/',
      'input',
    ],
    [
      'hold its answer to a JSON schema',
      'responses',
      { model: 'm', input: 'hi', text: { format: { type: 'json_schema', name: 'n', schema: {} } } },
      '/',
      'text.format',
    ],
    [
      'see images',
      'messages',
      says(
        [
          {
            type: 'tool_result',
            tool_use_id: 't',
            content: [{ type: 'image', source: { type: 'url', url: 'https://a/b' } }],
          },
        ],
        { max_tokens: 9 },
      ),
      '/',
      'messages',
    ],
    [
      'call tools',
      'messages',
      says('hi', { max_tokens: 9, tools: [{ name: 'f', input_schema: { type: 'object' } }] }),
      '/',
      'tools',
    ],
    [
      'see images',
      'gemini',
      { contents: [{ parts: [{ inline_data: { mime_type: 'image/png', data: PNG } }] }] },
      gemini,
      'contents',
    ],
    [
      'call tools',
      'gemini',
      { contents: [{ parts: [{ text: 'hi' }] }], tools: [{ functionDeclarations: [{ name: 'f' }] }] },
      gemini,
      'tools',
    ],
    [
      'hold its answer to a JSON schema',
      'gemini',
      {
        contents: [{ parts: [{ text: 'hi' }] }],
        generationConfig: { responseMimeType: 'application/json', responseSchema: { type: 'OBJECT' } },
      },
      gemini,
      'generationConfig.responseSchema',
    ],
    [
      'see images',
      'converse',
      { messages: [{ role: 'user', content: [{ image: { format: 'png', source: { bytes: PNG } } }] }] },
      converse,
      'messages',
    ],
    [
      'call tools',
      'converse',
      {
        messages: [{ role: 'user', content: [{ text: 'hi' }] }],
        toolConfig: { tools: [{ toolSpec: { name: 'f', inputSchema: { json: {} } } }] },
      },
      converse,
      'toolConfig',
    ],
    ['see images', 'cohere-chat', says([IMAGE]), '/', 'messages'],
    [
      'see images',
      'ollama-chat',
      { model: 'm', messages: [{ role: 'user', content: 'hi', images: [PNG] }] },
      '/',
      'messages',
    ],
    ['hold its answer to a JSON schema', 'ollama-chat', says('hi', { format: { type: 'object' } }), '/', 'format'],
  ];
  it.each(cases)('is that it cannot %s, told to a caller of %s', (what, door, body, path, param) => {
    expect(lack(chatOf(door, body, { path }), BLIND)).toEqual({
      code: 'request.capability',
      detail: `the model \`m\` cannot ${what}`,
      param,
    });
    expect(lack(chatOf(door, body, { path }), facts({}))).toBeUndefined();
    expect(lack(chatOf(door, body, { path }), undefined)).toBeUndefined();
  });

  it.each([
    ['text that speaks of an image and of tools', says('an image, "tools" and a schema in a file of audio')],
    ['tools that must not be called', says('hi', { tools: [TOOL], tool_choice: 'none' })],
    ['any JSON', says('hi', { response_format: { type: 'json_object' } })],
    [
      'a document of text',
      says([{ type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,aGk=' } }]),
    ],
    ['reasoning', says('hi', { reasoning_effort: 'high' })],
    ['what is no request at all', { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }],
  ])('is not seen in %s', (_name, body) => {
    expect(lack(chatOf('chat', body), BLIND)).toBeUndefined();
  });

  it("is none in a vendor's own tools, which run at the vendor's", () => {
    const chat = chatOf('responses', { model: 'm', input: 'hi', tools: [{ type: 'web_search' }] });
    expect(lack(chat, BLIND)).toBeUndefined();
  });

  it('of a schema is none where the schema is described instead', () => {
    const old = { row: row('anthropic'), model: 'claude-3-haiku-20240307', facts: BLIND };
    const body = says('hi', { response_format: SCHEMA });
    expect(chatOf('chat', body).lackAt(old)).toBeUndefined();
    expect(chatOf('chat', body).lackAt({ ...old, model: 'claude-sonnet-5' })).toMatchObject({
      param: 'response_format',
    });
    const own = says('hi', { max_tokens: 9, output_config: { format: { type: 'json_schema', schema: {} } } });
    expect(chatOf('messages', own).lackAt(old)).toMatchObject({ param: 'output_config.format' });
  });

  it('is not looked for in the body of a call to a model that lacks nothing', () => {
    const chat = chatOf('chat', says([{ type: 'image_url' }]));
    expect(lack(chat, facts({ vision: true, tools: true }, { contextTokens: 1000 }))).toBeUndefined();
  });
});

describe('what is known by a name that the operator chose', () => {
  const known = (kind: string, override?: ModelOverride): ModelFacts | undefined =>
    new OverriddenCatalogue(override === undefined ? {} : { p: { 'gpt-4': override } }).facts(
      { provider: 'p', kind, model: 'gpt-4' },
      0,
    );
  const long = says('some words of a prompt '.repeat(20_000));

  it.each([
    ['an image', says([IMAGE])],
    ['a schema', says('hi', { response_format: SCHEMA })],
    ['a long prompt', long],
  ])('keeps no call with %s away', (_name, body) => {
    expect(lack(chatOf('chat', body), known('openai'), 'openai')).toBeDefined();
    expect(lack(chatOf('chat', body), known('azure-openai'), 'azure-openai')).toBeUndefined();
  });

  it('does where the operator says so', () => {
    const blind = known('azure-openai', { capabilities: { vision: false } });
    expect(lack(chatOf('chat', says([IMAGE])), blind, 'azure-openai')?.code).toBe('request.capability');
    expect(lack(chatOf('chat', long), blind, 'azure-openai')).toBeUndefined();
    const short = known('azure-openai', { contextTokens: 8192 });
    expect(lack(chatOf('chat', long), short, 'azure-openai')?.code).toBe('request.context_length');
  });
});

describe('the length of a prompt', () => {
  const words = (count: number): string => 'some words of a prompt '.repeat(count / 5);
  const limited = (contextTokens: number, maxOutputTokens?: number): ModelFacts =>
    facts({}, { contextTokens, maxOutputTokens });

  it('is too much when it surely is', () => {
    expect(lack(chatOf('chat', says(words(10_000))), limited(4000))).toEqual({
      code: 'request.context_length',
      detail: expect.stringMatching(
        /^prompt is too long: \d{4,5} tokens > 4000 maximum\. .* the model `m` the maximum context length is 4000 tokens$/,
      ),
      param: 'messages',
    });
  });

  it.each([
    ['about as long as the context', words(5000), 4000],
    ['short', 'hi', 10],
    ['of spaces, which make few tokens', ' '.repeat(40_000), 4000],
    ['of rules, which have words of their own', `${'='.repeat(76)}\n`.repeat(900), 4000],
    ['of megabytes of one sign', '='.repeat(12_000_000), 1_500_000],
    ['of blank lines', `some words\n${'\n'.repeat(60)}`.repeat(900), 4000],
    ['of a script that old tokenizers spell in letters', 'გამარჯობა '.repeat(1500), 5000],
  ])('is left to the vendor when it is %s', (_name, text, contextTokens) => {
    expect(lack(chatOf('chat', says(text)), limited(contextTokens))).toBeUndefined();
  });

  it('does not count images, whose tokens nobody knows', () => {
    const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}${'A'.repeat(400_000)}` } };
    expect(lack(chatOf('chat', says([image])), limited(4000))).toBeUndefined();
  });

  it('has the answer in it where vendors count so, as far as the model can answer', () => {
    const body = says(words(6000), { max_tokens: 3000 });
    expect(lack(chatOf('chat', body), limited(5000), 'openai')?.code).toBe('request.context_length');
    expect(lack(chatOf('chat', body), limited(5000), 'mistral')?.code).toBe('request.context_length');
    expect(lack(chatOf('chat', body), limited(5000, 100), 'openai')).toBeUndefined();
    expect(lack(chatOf('chat', body), limited(5000))).toBeUndefined();
    expect(lack(chatOf('chat', body), limited(5000), 'lm-studio')).toBeUndefined();
    const own = { model: 'm', input: words(6000), max_output_tokens: 3000 };
    expect(lack(chatOf('responses', own), limited(5000), 'openai')).toBeUndefined();
    expect(lack(chatOf('messages', body), limited(5000), 'anthropic')).toBeUndefined();
    expect(lack(chatOf('chat', body), limited(5000), 'google')).toBeUndefined();
  });

  it.each([
    ['a wider window in a header', 'messages', says(words(10_000), { max_tokens: 9 }), 'context-1m-2025-08-07'],
    [
      'a wider window in the body',
      'converse',
      {
        messages: [{ role: 'user', content: [{ text: words(10_000) }] }],
        additionalModelRequestFields: { anthropic_beta: ['context-1m-2025-08-07'] },
      },
      '',
    ],
    ['to leave out what is too much', 'chat', says(words(10_000), { plugins: [{ id: 'context-compression' }] }), ''],
    ['to cut off what is too much', 'responses', { model: 'm', input: words(10_000), truncation: 'auto' }, ''],
  ] as const)('is left to the vendor when the caller asks for %s', (_name, door, body, betas) => {
    expect(lack(chatOf(door, body, { path: '/model/m/converse', betas }), limited(4000))).toBeUndefined();
  });
});
