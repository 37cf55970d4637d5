import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, Tool, Turn } from '../../canonical/chat-request.ts';
import { Losses, Untranslatable } from '../../canonical/loss.ts';
import { asked, facts, read, target, write } from './__fixtures__/contexts.ts';
import { geminiProvider } from './gemini-provider.ts';

const user = (...blocks: readonly Block[]): Turn => ({ role: 'user', blocks });
const assistant = (...blocks: readonly Block[]): Turn => ({ role: 'assistant', blocks });
const say = (text: string): Block => ({ type: 'text', text });
const call = (id: string, more: Partial<Extract<Block, { type: 'tool_call' }>> = {}): Block => ({
  type: 'tool_call',
  id,
  name: 'look',
  input: '{"a":1}',
  ...more,
});
const result = (callId: string, text: string, more: object = {}): Block => ({
  type: 'tool_result',
  callId,
  content: [{ type: 'text', text }],
  ...more,
});
const LOOK: Tool = {
  kind: 'function',
  name: 'look',
  schema: { type: 'object', properties: { a: { type: 'number' } } },
};

function refusal(request: ChatRequest, to = target()): unknown {
  try {
    return write(request, to);
  } catch (error) {
    return error;
  }
}

describe("a caller's own request", () => {
  const BODY = {
    contents: [
      {
        role: 'user',
        parts: [{ text: 'Look' }, { inlineData: { mimeType: 'image/x-odd', data: 'aGk=', displayName: 'a' } }],
      },
      {
        role: 'model',
        parts: [
          { text: 'I think', thought: true },
          { functionCall: { id: 'c1', name: 'look', args: { a_b: 1, n: null } }, thoughtSignature: 'c2lnMQ==' },
          { functionCall: { name: 'look', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'c1', name: 'look', response: { temp_c: 20, nothing: null } } },
          {
            functionResponse: {
              name: 'look',
              response: { error: 'gone' },
              parts: [{ inlineData: { mimeType: 'image/x-odd', data: 'aGk=' } }],
            },
          },
        ],
      },
      {
        role: 'model',
        parts: [{ text: '', thoughtSignature: 'c2lnMg==' }, { executableCode: { language: 'PYTHON', code: '1' } }],
      },
      {
        role: 'user',
        parts: [
          { fileData: { mimeType: 'video/mp4', fileUri: 'gs://b/v.mp4' }, videoMetadata: { fps: 5 } },
          { fileData: { fileUri: 'https://example.com/a.png' } },
        ],
      },
    ],
    systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] },
    generationConfig: {
      temperature: 0.5,
      topP: 0.9,
      topK: 40,
      candidateCount: 2,
      maxOutputTokens: 100,
      stopSequences: ['END'],
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseLogprobs: true,
      logprobs: 3,
      responseModalities: ['TEXT'],
      thinkingConfig: { includeThoughts: true, thinkingBudget: 2048, newThing: 1 },
      speechConfig: { voiceConfig: {} },
      mediaResolution: 'MEDIA_RESOLUTION_LOW',
      responseMimeType: 'text/x.enum',
      responseSchema: { type: 'STRING', enum: ['a'] },
    },
    tools: [
      {
        functionDeclarations: [
          { name: 'look', description: 'Looks.', parametersJsonSchema: LOOK.schema, behavior: 'BLOCKING' },
        ],
      },
      { googleSearch: {} },
    ],
    toolConfig: {
      functionCallingConfig: { mode: 'VALIDATED', allowedFunctionNames: ['look'], streamFunctionCallArguments: true },
      retrievalConfig: { languageCode: 'de' },
    },
    safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
    cachedContent: 'cachedContents/1',
    labels: { Team: 'A B' },
    serviceTier: 'flex',
    store: false,
    continuationToken: 'abc',
    brandNew: { some_thing: 1 },
  };

  it('comes out as it went in', () => {
    const { body, losses } = write(read(BODY));
    expect(body).toEqual(BODY);
    expect(losses).toEqual([]);
  });

  it.each([
    [{ thinkingBudget: 0 }],
    [{ thinkingBudget: -1 }],
    [{ includeThoughts: true }],
    [{ includeThoughts: true, thinkingBudget: 500 }],
  ])('keeps its thinking %j', (thinkingConfig) => {
    const contents = BODY.contents.slice(0, 1);
    expect(write(read({ contents, generationConfig: { thinkingConfig } })).body['generationConfig']).toEqual({
      thinkingConfig,
    });
  });

  it('keeps levels and budgets of newer models', () => {
    const to = target('gemini-3-flash');
    const contents = [{ role: 'user', parts: [{ text: 'a' }] }];
    for (const thinkingConfig of [
      { thinkingLevel: 'XHIGH' },
      { thinkingBudget: 99 },
      { includeThoughts: true, thinkingLevel: 'LOW' },
    ]) {
      const { body, losses } = write(read({ contents, generationConfig: { thinkingConfig } }), to);
      expect(body['generationConfig']).toEqual({ thinkingConfig });
      expect(losses).toEqual([]);
    }
  });

  it('keeps instructions that are no text at their places', () => {
    const body = {
      contents: [{ role: 'user', parts: [{ text: 'a' }] }],
      systemInstruction: { parts: [{ text: 'a', partMetadata: { x: 1 } }, { inlineData: {} }, { text: 'b' }] },
    };
    const { ext } = read(body);
    expect(ext.gemini).toMatchObject({
      'systemInstruction.partMetadata': true,
      'systemInstruction.1': { inlineData: {} },
    });
    expect(write(read(body))).toEqual({ body, losses: [] });
  });

  it('does not let a member reach into what it does not name', () => {
    const body = JSON.parse(
      '{"contents":[{"parts":[{"text":"a"}]}],"__proto__":{"x":1},"__proto__.x":1,"generationConfig":{"__proto__":{"y":1}},"generationConfig.z":1}',
    );
    write(read(body));
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
    expect(Object.hasOwn(Object.prototype, 'y')).toBe(false);
  });
});

describe('a request of another dialect', () => {
  it('is written whole', () => {
    const { body, losses } = write(
      asked({
        instructions: [
          { role: 'system', text: 'Be brief.' },
          { role: 'developer', text: 'Be kind.' },
        ],
        turns: [
          user(say('Look'), {
            type: 'media',
            kind: 'image',
            mime: 'image/png',
            source: { via: 'base64', data: 'iVBORw0KGgo=' },
          }),
        ],
        sampling: {
          temperature: 0.5,
          topP: 0.9,
          topK: 4,
          n: 2,
          stop: ['END', ''],
          seed: 7,
          frequencyPenalty: 0.1,
          presencePenalty: 0.2,
        },
        maxOutputTokens: 50,
        logprobs: { top: 2 },
        output: {
          format: { kind: 'schema', name: 'x', description: 'An x.', schema: { type: 'object' }, strict: true },
          modalities: ['text'],
        },
        cache: {},
        tier: 'priority',
        metadata: { team: 'red' },
      }),
    );
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'Be brief.' }, { text: 'Be kind.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }] },
      ],
      generationConfig: {
        temperature: 0.5,
        topP: 0.9,
        topK: 4,
        candidateCount: 2,
        stopSequences: ['END'],
        seed: 7,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        maxOutputTokens: 50,
        responseLogprobs: true,
        logprobs: 2,
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', description: 'An x.' },
        responseModalities: ['TEXT'],
      },
      serviceTier: 'priority',
      labels: { team: 'red' },
    });
    expect(losses).toEqual([]);
  });

  it.each<[Partial<ChatRequest>, readonly string[]]>([
    [{ sampling: { temperature: 3 } }, ['clamped:temperature']],
    [{ sampling: { seed: 12_345_678_901 } }, ['clamped:seed']],
    [{ sampling: { stop: ['1', '2', '3', '4', '5', '6'] } }, ['clamped:stop']],
    [{ sampling: { logitBias: { 5: 1 } } }, ['dropped:logit_bias']],
    [{ sampling: { minP: 0.1 } }, ['dropped:min_p']],
    [{ maxOutputTokens: 5000 }, ['clamped:max_tokens']],
    [
      { endUser: 'u', tier: 'scale', output: { verbosity: 'low' } },
      ['dropped:service_tier', 'dropped:user', 'dropped:verbosity'],
    ],
    [{ metadata: { Team: 'A B' } }, ['dropped:metadata']],
    [{ cache: { key: 'k', auto: {} } }, ['dropped:cache_control', 'dropped:prompt_cache_key']],
    [{ tools: [LOOK], parallelTools: false }, ['emulated:parallel_tool_calls']],
    [{ tools: [{ ...LOOK, strict: true }] }, ['dropped:strict']],
    [{ toolChoice: { mode: 'required' } }, ['dropped:tool_choice']],
    [{ ext: { 'openai-chat': { prediction: {}, store: true } } }, ['dropped:prediction', 'dropped:store']],
    [{ turns: [{ ...user(say('a')), name: 'Bob' }] }, ['dropped:name']],
    [{ turns: [user({ type: 'text', text: 'a', cache: {} })] }, ['dropped:cache_control']],
    [
      {
        turns: [
          user({
            type: 'media',
            kind: 'document',
            name: 'x.pdf',
            title: 't',
            context: 'c',
            citations: true,
            detail: 'high',
            source: { via: 'base64', data: 'JVBERi0=' },
          }),
        ],
      },
      ['dropped:citations', 'dropped:context', 'dropped:detail', 'dropped:filename', 'dropped:title'],
    ],
    [{ turns: [user(say('a')), { role: 'system', blocks: [say('b')] }] }, ['emulated:system_message']],
    [{ turns: [user(say('a')), assistant({ type: 'refusal', text: 'No.' })] }, ['emulated:refusal']],
    [
      {
        turns: [
          user(say('a')),
          assistant({ type: 'opaque', dialect: 'anthropic', data: { type: 'server_tool_use' } }, say('b')),
        ],
      },
      ['dropped:server_tool_use'],
    ],
    [{ turns: [user(say('a')), assistant(call('c1')), user(say('b'))], tools: [LOOK] }, ['emulated:tool_result']],
    [{ reasoning: { mode: 'effort', effort: 'xhigh' } }, ['clamped:reasoning']],
  ])('names what is lost of %j', (more, expected) => {
    expect(write(asked(more), target('gemini-2.5-flash', { maxOutputTokens: 4000 })).losses).toEqual(expected);
  });

  it('names what the vendor refuses', () => {
    const rules = { kind: 'test', drops: ['seed', 'metadata', 'reasoning', 'service_tier'] };
    const { body, losses } = write(
      asked({ sampling: { seed: 1 }, metadata: { a: 'b' }, reasoning: { mode: 'auto' }, tier: 'flex' }),
      target('gemini-2.5-flash', { rules }),
    );
    expect(Object.keys(body)).toEqual(['contents']);
    expect(losses).toEqual(['dropped:metadata', 'dropped:reasoning', 'dropped:seed', 'dropped:service_tier']);
  });

  it.each<[string, Partial<ChatRequest>, string]>([
    ['there is nobody to answer', { turns: [] }, 'messages'],
    ['only the model speaks', { turns: [assistant(say('a'))] }, 'messages'],
    ['its state is kept elsewhere', { state: { previous_response_id: 'x' } }, 'previous_response_id'],
    [
      'a tool runs elsewhere',
      { tools: [{ kind: 'hosted', name: 'web_search', hosted: { dialect: 'anthropic', definition: {} } }] },
      'tools',
    ],
    [
      'a file is kept elsewhere',
      { turns: [user({ type: 'media', kind: 'image', source: { via: 'file', id: 'f', dialect: 'anthropic' } })] },
      'messages',
    ],
    [
      'a picture is yet to be fetched',
      { turns: [user({ type: 'media', kind: 'image', source: { via: 'url', url: 'https://example.com/a.png' } })] },
      'messages',
    ],
    ['a result answers nothing', { turns: [user(say('a'), result('c9', 'x'))] }, 'messages'],
  ])('is refused when %s', (_, more, param) => {
    const refused = refusal(asked(more));
    expect(refused).toBeInstanceOf(Untranslatable);
    expect(refused).toMatchObject({ param });
  });

  it('may name what Google reads by itself', () => {
    const url = 'https://www.youtube.com/watch?v=1';
    const { body } = write(asked({ turns: [user({ type: 'media', kind: 'video', source: { via: 'url', url } })] }));
    expect(body['contents']).toEqual([{ role: 'user', parts: [{ fileData: { fileUri: url } }] }]);
  });

  it('sends a document of text as a file of text', () => {
    const { body } = write(
      asked({ turns: [user({ type: 'media', kind: 'document', source: { via: 'text', text: 'hi' } })] }),
    );
    expect(body['contents']).toEqual([
      { role: 'user', parts: [{ inlineData: { mimeType: 'text/plain', data: 'aGk=' } }] },
    ]);
  });
});

describe('tools', () => {
  it('are declared by JSON Schema under names that Google takes', () => {
    const tools: readonly Tool[] = [
      LOOK,
      { kind: 'function', name: 'no parameters', schema: { type: 'object', properties: {} } },
      { kind: 'function', name: 'x', description: 'X.', schema: { properties: { a: { const: 1 } } } },
      { kind: 'hosted', name: 'googleSearch', hosted: { dialect: 'gemini', definition: { googleSearch: {} } } },
    ];
    const { body, losses } = write(asked({ tools, toolChoice: { mode: 'named', name: 'no parameters' } }));
    expect(body['tools']).toEqual([
      {
        functionDeclarations: [
          { name: 'look', parametersJsonSchema: LOOK.schema },
          { name: expect.stringMatching(/^no_parameters_\w+$/) },
          {
            name: 'x',
            description: 'X.',
            parametersJsonSchema: { type: 'object', properties: { a: { enum: [1] } } },
          },
        ],
      },
      { googleSearch: {} },
    ]);
    expect(body['toolConfig']).toEqual({
      functionCallingConfig: { mode: 'ANY', allowedFunctionNames: [expect.stringMatching(/^no_parameters_/)] },
    });
    expect(losses).toEqual([]);
  });

  it.each<[ChatRequest['toolChoice'], object | undefined]>([
    [undefined, undefined],
    [{ mode: 'auto' }, { mode: 'AUTO' }],
    [{ mode: 'none' }, { mode: 'NONE' }],
    [{ mode: 'required' }, { mode: 'ANY' }],
    [
      { mode: 'allowed', names: ['look'], required: true },
      { mode: 'ANY', allowedFunctionNames: ['look'] },
    ],
    [
      { mode: 'allowed', names: ['look'], required: false },
      { mode: 'VALIDATED', allowedFunctionNames: ['look'] },
    ],
  ])('are called as %j', (toolChoice, functionCallingConfig) => {
    const { body } = write(asked({ tools: [LOOK], ...(toolChoice && { toolChoice }) }));
    expect(body['toolConfig']).toEqual(functionCallingConfig && { functionCallingConfig });
  });

  it('of free text are wrapped', () => {
    const { body, losses } = write(
      asked({
        tools: [{ kind: 'custom', name: 'patch', description: 'Patches.', grammar: { syntax: 'lark' } }],
        turns: [
          user(say('a')),
          assistant(call('c1', { name: 'patch', input: 'x\ny', custom: true })),
          user(result('c1', 'ok')),
        ],
      }),
    );
    expect(losses).toEqual(['emulated:custom_tool']);
    expect(body).toMatchObject({
      tools: [{ functionDeclarations: [{ name: 'patch', description: expect.stringContaining('lark') }] }],
      contents: [{}, { parts: [{ functionCall: { args: { input: 'x\ny' } } }] }, {}],
    });
  });

  it('and an answer in JSON are not for older models at once', () => {
    const request = asked({ tools: [LOOK], output: { format: { kind: 'schema', schema: { type: 'object' } } } });
    const old = write(request);
    expect(old.losses).toEqual(['emulated:response_format']);
    expect(old.body['generationConfig']).toBeUndefined();
    expect(JSON.stringify(old.body['systemInstruction'])).toContain('JSON Schema');
    expect(write(request, target('gemini-3-pro')).body['generationConfig']).toMatchObject({
      responseMimeType: 'application/json',
    });
  });
});

describe('a history with calls', () => {
  const history = (...turns: readonly Turn[]): ChatRequest =>
    asked({ tools: [LOOK], turns: [user(say('Look')), ...turns] });
  const contents = (request: ChatRequest, model = 'gemini-2.5-flash'): unknown =>
    write(request, target(model)).body['contents'];

  it('has the results in the order of the calls, by name', () => {
    expect(
      contents(
        history(
          assistant(call('c1'), call('c2')),
          user(result('c2', 'two'), say('And?'), result('c1', 'one', { isError: true })),
        ),
      ),
    ).toEqual([
      { role: 'user', parts: [{ text: 'Look' }] },
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'c1', name: 'look', args: { a: 1 } } },
          { functionCall: { id: 'c2', name: 'look', args: { a: 1 } } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'c1', name: 'look', response: { error: 'one' } } },
          { functionResponse: { id: 'c2', name: 'look', response: { output: 'two' } } },
          { text: 'And?' },
        ],
      },
    ]);
  });

  it.each([
    ['', {}],
    ['{"a":', { _raw_arguments: '{"a":' }],
    ['[1]', { _raw_arguments: '[1]' }],
    ['12345678901234567890', { _raw_arguments: '12345678901234567890' }],
  ])('has the arguments %j as an object', (input, args) => {
    expect(contents(history(assistant(call('c1', { input }))))).toMatchObject([
      {},
      { parts: [{ functionCall: { args } }] },
    ]);
  });

  it('keeps digits that no double holds', () => {
    const request = history(assistant(call('c1', { input: '{"id":12345678901234567890}' })));
    expect(geminiProvider.writeRequest(request, target(), new Losses())).toContain(
      '"args":{"id":12345678901234567890}',
    );
  });

  it('has media of results in them for newer models only', () => {
    const image: Block = { type: 'media', kind: 'image', source: { via: 'base64', data: 'iVBORw0KGgo=' } };
    const request = history(
      assistant(call('c1')),
      user({ type: 'tool_result', callId: 'c1', content: [{ type: 'text', text: 'see' }, image] }),
    );
    const inlineData = { mimeType: 'image/png', data: 'iVBORw0KGgo=' };
    expect(contents(request, 'gemini-3-pro')).toMatchObject([
      {},
      {},
      { parts: [{ functionResponse: { response: { output: 'see' }, parts: [{ inlineData }] } }] },
    ]);
    expect(JSON.stringify(contents(request))).not.toContain('"parts":[{"inlineData"');
    expect(JSON.stringify(contents(request))).toContain('iVBORw0KGgo=');
  });

  it('begins with a user', () => {
    const { body, losses } = write(asked({ tools: [LOOK], turns: [assistant(call('c1')), user(result('c1', 'x'))] }));
    expect(body['contents']).toMatchObject([
      { role: 'user', parts: [{ text: '(empty)' }] },
      { role: 'model' },
      { role: 'user' },
    ]);
    expect(losses).toEqual(['emulated:messages']);
  });
});

describe('thought signatures', () => {
  const own = { value: 'c2ln', dialect: 'gemini' } as const;
  const foreign = { value: 'c2ln', dialect: 'anthropic' } as const;
  const steps = (...calls: readonly Block[]): ChatRequest =>
    asked({
      tools: [LOOK],
      turns: [
        user(say('Before')),
        assistant(call('c0')),
        user(result('c0', 'x')),
        assistant(say('So.')),
        user(say('Now')),
        assistant(...calls),
        user(...calls.flatMap((block) => (block.type === 'tool_call' ? [result(block.id, 'y')] : []))),
      ],
    });
  const signatures = (request: ChatRequest, model: string): unknown => {
    const { body } = write(request, target(model));
    const all: unknown[] = [];
    JSON.stringify(body['contents'], (key, value: unknown) => {
      if (key === '' || typeof value !== 'object' || value === null || !('functionCall' in value)) return value;
      all.push('thoughtSignature' in value ? value.thoughtSignature : undefined);
      return value;
    });
    return all;
  };

  it('go back to who issued them, at their place', () => {
    const request = steps(
      { type: 'reasoning', text: 'think', signature: own },
      call('c1', { signature: own }),
      call('c2'),
      { type: 'text', text: '', signature: own },
    );
    expect(write(request, target('gemini-3-pro'))).toMatchObject({
      losses: [],
      body: {
        contents: [
          {},
          {},
          {},
          {},
          {},
          {
            parts: [
              { text: 'think', thought: true, thoughtSignature: 'c2ln' },
              { functionCall: { id: 'c1' }, thoughtSignature: 'c2ln' },
              { functionCall: { id: 'c2' } },
              { text: '', thoughtSignature: 'c2ln' },
            ],
          },
          {},
        ],
      },
    });
  });

  it('that cannot be had are replaced by the documented word, in the current turn of newer models', () => {
    const request = steps(call('c1'), call('c2'));
    const SKIP = 'skip_thought_signature_validator';
    expect(signatures(request, 'gemini-3-pro')).toEqual([undefined, SKIP, undefined]);
    expect(signatures(request, 'gemini-flash-latest')).toEqual([undefined, SKIP, undefined]);
    expect(signatures(request, 'gemini-2.5-pro')).toEqual([undefined, undefined, undefined]);
    expect(signatures(request, 'gemma-3')).toEqual([undefined, undefined, undefined]);
    expect(write(request, target('gemini-3-pro')).losses).toEqual(['emulated:reasoning_signature']);
  });

  it('of others never reach Google', () => {
    const request = steps(
      { type: 'reasoning', text: 'think', signature: foreign },
      { type: 'reasoning', text: '', redacted: foreign },
      { type: 'text', text: 'a', signature: foreign },
      call('c1', { signature: foreign }),
    );
    const { body, losses } = write(request, target('gemini-2.5-pro'));
    expect(JSON.stringify(body)).not.toMatch(/c2ln|think/);
    expect(losses).toEqual(['dropped:reasoning_signature']);
  });

  it('missing make a thought worth nothing', () => {
    expect(write(steps({ type: 'reasoning', text: 'think' }, call('c1'))).losses).toEqual(['dropped:reasoning']);
  });
});

describe('reasoning', () => {
  it.each<[string, ChatRequest['reasoning'], object | undefined, readonly string[]]>([
    ['gemini-2.5-flash', undefined, undefined, []],
    ['gemini-2.5-flash', { mode: 'off', expose: 'summary' }, { thinkingBudget: 0 }, []],
    ['gemini-2.5-pro', { mode: 'off' }, { thinkingBudget: 128 }, ['clamped:reasoning']],
    ['gemini-2.5-flash', { mode: 'auto', expose: 'full' }, { includeThoughts: true, thinkingBudget: -1 }, []],
    ['gemini-2.5-flash', { mode: 'effort', effort: 'minimal' }, { thinkingBudget: 1024 }, []],
    ['gemini-2.5-flash', { mode: 'effort', effort: 'low' }, { thinkingBudget: 1024 }, []],
    ['gemini-2.5-flash', { mode: 'effort', effort: 'medium' }, { thinkingBudget: 8192 }, []],
    ['gemini-2.5-flash', { mode: 'effort', effort: 'high' }, { thinkingBudget: 24_576 }, []],
    ['gemini-2.5-pro', { mode: 'effort', effort: 'xhigh' }, { thinkingBudget: 32_768 }, []],
    ['gemini-2.5-flash', { mode: 'effort', effort: 'max' }, { thinkingBudget: 24_576 }, []],
    ['gemini-2.5-flash', { mode: 'budget', budgetTokens: 99_999 }, { thinkingBudget: 24_576 }, ['clamped:reasoning']],
    ['gemini-2.5-flash-lite', { mode: 'budget', budgetTokens: 5 }, { thinkingBudget: 512 }, ['clamped:reasoning']],
    ['gemini-3-flash', { mode: 'off' }, { thinkingLevel: 'MINIMAL' }, ['clamped:reasoning']],
    ['gemini-3.1-pro', { mode: 'effort', effort: 'minimal' }, { thinkingLevel: 'LOW' }, ['clamped:reasoning']],
    [
      'gemini-3-flash',
      { mode: 'effort', effort: 'medium', expose: 'none' },
      { includeThoughts: false, thinkingLevel: 'MEDIUM' },
      [],
    ],
    ['gemini-3-flash', { mode: 'effort', effort: 'max' }, { thinkingLevel: 'HIGH' }, ['clamped:reasoning']],
    ['gemini-3-flash', { mode: 'budget', budgetTokens: 8000 }, { thinkingLevel: 'MEDIUM' }, []],
    ['gemini-3-flash', { mode: 'auto' }, undefined, []],
    ['gemini-2.0-flash', { mode: 'effort', effort: 'low' }, undefined, ['dropped:reasoning']],
    ['gemini-2.0-flash', { mode: 'off' }, undefined, []],
  ])('of %s by %j is %j', (model, reasoning, thinkingConfig, expected) => {
    const { body, losses } = write(asked(reasoning === undefined ? {} : { reasoning }), target(model));
    expect(body['generationConfig']).toEqual(thinkingConfig && { thinkingConfig });
    expect(losses).toEqual(expected);
  });
});

describe('the path', () => {
  it('names the model and always asks for SSE', () => {
    expect(geminiProvider.path({ model: 'gemini-3-pro', stream: false })).toBe('/models/gemini-3-pro:generateContent');
    expect(geminiProvider.path({ model: 'models/x', stream: true })).toBe('/models/x:streamGenerateContent?alt=sse');
    expect(facts().model).toBe('gemini-2.5-flash');
  });
});
