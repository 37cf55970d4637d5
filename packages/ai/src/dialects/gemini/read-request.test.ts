import { describe, expect, it } from 'vitest';
import { Untranslatable } from '../../canonical/loss.ts';
import { facts, read } from './__fixtures__/contexts.ts';

const HELLO = { contents: [{ parts: [{ text: 'Hello' }] }] };

describe('a request of Gemini', () => {
  it('is read whole', () => {
    const request = read(
      {
        contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
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
          responseModalities: ['TEXT', 'IMAGE'],
          thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 },
        },
        cachedContent: 'cachedContents/1',
        serviceTier: 'flex',
        labels: { team_name: 'red' },
      },
      facts('models/gemini-3-pro', true),
    );
    expect(request).toEqual({
      dialect: 'gemini',
      model: 'gemini-3-pro',
      stream: true,
      instructions: [
        { role: 'system', text: 'Be brief.' },
        { role: 'system', text: 'Be kind.' },
      ],
      turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hello' }] }],
      tools: [],
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        n: 2,
        stop: ['END'],
        seed: 7,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
      },
      maxOutputTokens: 100,
      logprobs: { top: 3 },
      output: { modalities: ['text', 'image'] },
      reasoning: { mode: 'budget', budgetTokens: 2048, expose: 'summary' },
      cache: { contentRef: 'cachedContents/1' },
      tier: 'flex',
      metadata: { team_name: 'red' },
      includeUsage: true,
      ext: {},
    });
  });

  it('may be spelt in snake case, with single objects in place of lists and numbers as text', () => {
    const request = read({
      contents: { parts: { text: 'Hello' } },
      system_instruction: { parts: { text: 'Be brief.' } },
      generation_config: {
        max_output_tokens: '100',
        stop_sequences: ['END'],
        response_mime_type: 'application/json',
        response_schema: { type: 'OBJECT', properties: { my_name: { type: 'STRING', max_length: '5' } } },
        thinking_config: { thinking_level: 'LOW' },
      },
      tools: { function_declarations: { name: 'look', parameters: { type: 'OBJECT', properties: {} } } },
      tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['look'] } },
    });
    expect(request).toMatchObject({
      instructions: [{ text: 'Be brief.' }],
      turns: [{ role: 'user', blocks: [{ text: 'Hello' }] }],
      maxOutputTokens: 100,
      sampling: { stop: ['END'] },
      output: {
        format: {
          kind: 'schema',
          schema: { type: 'object', properties: { my_name: { type: 'string', maxLength: 5 } } },
        },
      },
      reasoning: { mode: 'effort', effort: 'low' },
      tools: [{ kind: 'function', name: 'look' }],
      toolChoice: { mode: 'named', name: 'look' },
    });
  });

  it('treats null as absent everywhere', () => {
    const request = read({
      contents: [{ role: null, parts: [{ text: 'Hello', thought: null, thoughtSignature: null, inlineData: null }] }],
      systemInstruction: null,
      generationConfig: { temperature: null, stopSequences: null, thinkingConfig: null, responseSchema: null },
      tools: null,
      toolConfig: null,
      safetySettings: null,
      labels: null,
    });
    expect(request).toEqual(read(HELLO));
    expect(read({ ...HELLO, tools: [], generationConfig: {} })).toEqual(read(HELLO));
  });

  it('keeps what only Gemini knows, verbatim and by its path', () => {
    const { ext } = read({
      ...HELLO,
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
      store: false,
      brandNew: { some_thing: 1 },
      generationConfig: { speechConfig: { voice_config: {} }, thinkingConfig: { newThing: true } },
      toolConfig: {
        retrievalConfig: { languageCode: 'de' },
        functionCallingConfig: { mode: 'VALIDATED', streamFunctionCallArguments: true },
      },
    });
    expect(ext).toEqual({
      gemini: {
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
        store: false,
        brandNew: { some_thing: 1 },
        'generationConfig.speechConfig': { voice_config: {} },
        'generationConfig.thinkingConfig.newThing': true,
        'toolConfig.retrievalConfig': { languageCode: 'de' },
        'toolConfig.functionCallingConfig.mode': 'VALIDATED',
        'toolConfig.functionCallingConfig.streamFunctionCallArguments': true,
      },
    });
  });

  it('goes on where an answer broke off only at who began it', () => {
    expect(read({ ...HELLO, continuationToken: 'abc' }).state).toEqual({ continuationToken: 'abc' });
  });

  it.each([
    [{ thinkingBudget: 0 }, { mode: 'off' }],
    [{ thinkingBudget: -1 }, { mode: 'auto' }],
    [{ thinkingBudget: 500 }, { mode: 'budget', budgetTokens: 500 }],
    [{ thinkingLevel: 'MINIMAL' }, { mode: 'effort', effort: 'minimal' }],
    [{ thinkingLevel: 'high' }, { mode: 'effort', effort: 'high' }],
    [{ thinkingLevel: 'XHIGH' }, { mode: 'effort', effort: 'xhigh' }],
    [{ thinkingLevel: 'THINKING_LEVEL_UNSPECIFIED' }, { mode: 'auto' }],
    [{ thinkingLevel: 'SOMETHING_NEW' }, { mode: 'auto' }],
    [{ includeThoughts: false }, { mode: 'auto', expose: 'none' }],
  ])('reads thinking %j', (thinkingConfig, reasoning) => {
    expect(read({ ...HELLO, generationConfig: { thinkingConfig } }).reasoning).toEqual(reasoning);
  });

  it.each([
    [{ mode: 'AUTO' }, { mode: 'auto' }],
    [{ mode: 'NONE' }, { mode: 'none' }],
    [{ mode: 'ANY' }, { mode: 'required' }],
    [
      { mode: 'any', allowedFunctionNames: ['a'] },
      { mode: 'named', name: 'a' },
    ],
    [
      { mode: 'ANY', allowedFunctionNames: ['a', 'b'] },
      { mode: 'allowed', names: ['a', 'b'], required: true },
    ],
    [
      { mode: 'VALIDATED', allowedFunctionNames: ['a'] },
      { mode: 'allowed', names: ['a'], required: false },
    ],
    [{ mode: 'VALIDATED' }, { mode: 'auto' }],
    [{ mode: 'MODE_UNSPECIFIED' }, undefined],
    [{ mode: 'SOMETHING_NEW' }, undefined],
    [{}, undefined],
  ])('reads the calling of functions %j', (functionCallingConfig, choice) => {
    expect(read({ ...HELLO, toolConfig: { functionCallingConfig } }).toolChoice).toEqual(choice);
  });

  it.each([
    [{ responseMimeType: 'application/json' }, { kind: 'json' }],
    [
      { responseMimeType: 'application/json', responseJsonSchema: { type: 'string', const: 'a' } },
      { kind: 'schema', schema: { type: 'string', const: 'a' }, strict: true },
    ],
    [{ responseMimeType: 'text/plain' }, undefined],
    [{ responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['a'] } }, undefined],
  ])('reads the form of the answer %j', (generationConfig, format) => {
    expect(read({ ...HELLO, generationConfig }).output.format).toEqual(format);
  });

  it('tells declared functions from tools that run at Google', () => {
    const { tools, ext } = read({
      ...HELLO,
      tools: [
        {
          functionDeclarations: [
            { name: 'a', description: 'A.', parametersJsonSchema: { type: 'object', properties: { x: {} } } },
            { name: 'b', behavior: 'BLOCKING', response: { type: 'OBJECT' } },
          ],
        },
        { googleSearch: {} },
        { codeExecution: {}, urlContext: {} },
      ],
    });
    expect(tools).toEqual([
      { kind: 'function', name: 'a', description: 'A.', schema: { type: 'object', properties: { x: {} } } },
      { kind: 'function', name: 'b', ext: { gemini: { behavior: 'BLOCKING', response: { type: 'OBJECT' } } } },
      { kind: 'hosted', name: 'googleSearch', hosted: { dialect: 'gemini', definition: { googleSearch: {} } } },
      { kind: 'hosted', name: 'codeExecution', hosted: { dialect: 'gemini', definition: { codeExecution: {} } } },
      { kind: 'hosted', name: 'urlContext', hosted: { dialect: 'gemini', definition: { urlContext: {} } } },
    ]);
    expect(ext.gemini).toEqual({ 'functionDeclarations.behavior': true, 'functionDeclarations.response': true });
  });

  it.each([
    ['x', undefined],
    [[], undefined],
    [{}, 'contents'],
    [{ contents: [] }, 'contents'],
    [{ contents: [{ role: 'user', parts: [] }] }, 'contents'],
    [{ contents: 'Hello' }, 'contents[0]'],
    [{ contents: [1] }, 'contents[0]'],
    [{ contents: [{ parts: ['x'] }] }, 'contents[0].parts[0]'],
    [{ contents: [{ role: 'system', parts: [{ text: 'x' }] }] }, 'contents[0].role'],
    [{ contents: [{ parts: [{ text: 5 }] }] }, 'contents[0].parts[0].text'],
    [{ contents: [{ parts: [{ functionCall: {} }] }] }, 'contents[0].parts[0].functionCall.name'],
    [
      { contents: [{ parts: [{ functionResponse: { response: 'x' } }] }] },
      'contents[0].parts[0].functionResponse.response',
    ],
    [{ ...HELLO, generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
    [{ ...HELLO, generationConfig: { topP: 1, top_p: 1 } }, 'topP'],
    [{ ...HELLO, generationConfig: [] }, 'generationConfig'],
    [{ ...HELLO, tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
    [{ ...HELLO, system_instruction: {}, systemInstruction: {} }, 'systemInstruction'],
  ])('is refused when it is %j', (body, param) => {
    const refused = attempt(() => read(body));
    expect(refused).toBeInstanceOf(Untranslatable);
    expect(refused).toMatchObject({ param });
  });

  it('is refused without a model', () => {
    expect(attempt(() => read(HELLO, { header: () => undefined }))).toMatchObject({ param: 'model' });
    expect(read({ ...HELLO, model: 'models/x' }, { header: () => undefined }).model).toBe('x');
  });

  it('is not harmed by names that mean something to JavaScript', () => {
    const body = JSON.parse(
      '{"contents":[{"parts":[{"functionCall":{"name":"f","args":{"__proto__":{"a":1},"constructor":2}}}]}],"__proto__":{"x":1},"toString":3}',
    );
    const request = read(body);
    expect(request.turns[0]?.blocks[0]).toMatchObject({ input: '{"__proto__":{"a":1},"constructor":2}' });
    expect(Object.keys(request.ext.gemini ?? {})).toEqual(['__proto__', 'toString']);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
  });
});

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
