import { ConverseCommand, type ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import type { JsonFields } from '../../canonical/json.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import { sealUnsigned } from '../../canonical/unsigned.ts';
import { sdkClient } from './__fixtures__/bedrock-sdk.ts';
import { CLAUDE, read, write, target } from './__fixtures__/calls.ts';
import { sealBeside } from '../../canonical/beside-blocks.ts';

const user = (...content: JsonFields[]): JsonFields => ({ role: 'user', content });
const assistant = (...content: JsonFields[]): JsonFields => ({ role: 'assistant', content });

const BYTES = Buffer.from('iVBORw0KGgo=', 'base64');

/** All that the SDK can say, which must survive a way through the canonical form. */
const WHOLE: ConverseCommandInput = {
  modelId: CLAUDE,
  system: [
    { text: 'Be brief.' },
    { cachePoint: { type: 'default', ttl: '1h' } },
    { guardContent: { text: { text: 'Guard this', qualifiers: ['guard_content'] } } },
    { guardContent: { image: { format: 'png', source: { bytes: BYTES } } } },
  ],
  messages: [
    {
      role: 'user',
      content: [
        { text: 'Look' },
        { image: { format: 'jpeg', source: { bytes: BYTES } } },
        { image: { format: 'png', source: { s3Location: { uri: 's3://b/k', bucketOwner: '123456789012' } } } },
        {
          document: {
            format: 'pdf',
            name: 'Doc 1',
            source: { bytes: BYTES },
            context: 'c',
            citations: { enabled: true },
          },
        },
        { document: { name: 'Doc 2', source: { content: [{ text: 'one' }, { text: 'two' }] } } },
        { document: { format: 'txt', name: 'Doc 3', source: { text: 'plain' } } },
        { video: { format: 'mp4', source: { s3Location: { uri: 's3://b/v' } } } },
        { audio: { format: 'wav', source: { bytes: BYTES } } },
        { guardContent: { text: { text: 'query', qualifiers: ['query'] } } },
        { searchResult: { source: 's', title: 't', content: [{ text: 'x' }], citations: { enabled: true } } },
        { cachePoint: { type: 'default' } },
      ],
    },
    { role: 'system', content: [{ text: 'From now on rhyme.' }] },
    {
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: ' Thinking \n', signature: 'sig' } } },
        { reasoningContent: { redactedContent: BYTES } },
        { text: 'Calling' },
        { toolUse: { toolUseId: 't1', name: 'find', input: { q: ['a', { b: null }] } } },
        { toolUse: { toolUseId: 's1', name: 'nova_grounding', input: {}, type: 'server_tool_use' } },
        { toolResult: { toolUseId: 's1', content: [{ text: 'web' }], type: 'nova_grounding_result' } },
        {
          citationsContent: {
            content: [{ text: 'Cited' }],
            citations: [
              {
                title: 'T',
                sourceContent: [{ text: 'x' }],
                location: { documentPage: { documentIndex: 0, start: 1, end: 2 } },
              },
            ],
          },
        },
      ],
    },
    {
      role: 'user',
      content: [
        {
          toolResult: {
            toolUseId: 't1',
            status: 'success',
            content: [
              { json: { a: 1 } },
              { text: '' },
              { image: { format: 'gif', source: { bytes: BYTES } } },
              { document: { format: 'csv', name: 'Doc 1', source: { bytes: BYTES } } },
              { searchResult: { source: 's', title: 't', content: [{ text: 'x' }] } },
            ],
          },
        },
      ],
    },
  ],
  inferenceConfig: { maxTokens: 10, temperature: 1, topP: 0.1, stopSequences: ['a', ' ', 'b', 'c', 'd', 'e'] },
  toolConfig: {
    tools: [
      {
        toolSpec: {
          name: 'find',
          description: 'Finds',
          inputSchema: { json: { type: 'object', title: 'x' } },
          strict: false,
        },
      },
      { cachePoint: { type: 'default', ttl: '5m' } },
      { systemTool: { name: 'nova_grounding' } },
    ],
    toolChoice: { auto: {} },
  },
  guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: 'DRAFT', trace: 'enabled' },
  additionalModelRequestFields: {
    top_k: 5,
    thinking: { type: 'adaptive', display: 'summarized' },
    anthropic_beta: ['b'],
    output_config: { effort: 'low' },
  },
  additionalModelResponseFieldPaths: ['/stop_sequence'],
  promptVariables: { v: { text: 'x' } },
  requestMetadata: { a: 'b' },
  performanceConfig: { latency: 'optimized' },
  serviceTier: { type: 'default' },
  outputConfig: {
    effort: 'max',
    textFormat: {
      type: 'json_schema',
      structure: { jsonSchema: { schema: '{ "type": "object" }', name: 'n', description: 'd' } },
    },
  },
};

describe('a request that goes to Bedrock', () => {
  it('leaves behind what other vendors proved in earlier turns, and says so', () => {
    const foreign = sealSignature({ value: 'proof', dialect: 'anthropic' }, 'bedrock');
    const beside = sealBeside({ of: 'previous', signature: { value: 'thought', dialect: 'gemini' } }, 'bedrock');
    const written = write(
      read({
        messages: [
          user({ text: 'q' }),
          assistant({ reasoningContent: { redactedContent: foreign } }),
          assistant(
            { reasoningContent: { reasoningText: { text: 'a', signature: foreign } } },
            { reasoningContent: { reasoningText: { text: 'unsigned' } } },
            { text: 'b' },
            { reasoningContent: { redactedContent: beside } },
          ),
        ],
      }),
    );
    expect(written).toEqual({
      body: {
        messages: [user({ text: 'q' }), assistant({ text: 'b' })],
      },
      losses: ['dropped:reasoning', 'dropped:reasoning_signature'],
    });
  });

  it('keeps reasoning without a proof for models that give none, and marks in replies where it was missing', () => {
    const unsigned = { reasoningContent: { reasoningText: { text: 'a' } } };
    const marked = { reasoningContent: { reasoningText: { text: 'b', signature: sealUnsigned('bedrock') } } };
    const request = read({ messages: [user({ text: 'q' }), assistant(unsigned, marked, { text: 'c' })] });
    const sent = (model: string) => write(request, target(model)).body['messages'];
    const stripped = { reasoningContent: { reasoningText: { text: 'b' } } };
    expect(sent('us.deepseek.r1-v1:0')).toEqual([user({ text: 'q' }), assistant(unsigned, stripped, { text: 'c' })]);
    expect(sent(CLAUDE)).toEqual([user({ text: 'q' }), assistant({ text: 'c' })]);
  });

  it('says what was changed in the canonical form, not what was read', () => {
    const request = read({ messages: [user({ guardContent: { text: { text: 'secret', qualifiers: ['query'] } } })] });
    const [turn] = request.turns;
    const [block] = turn?.blocks ?? [];
    if (turn === undefined || block?.type !== 'text') throw new Error('there is no text');
    const { body } = write({ ...request, turns: [{ ...turn, blocks: [{ ...block, text: '[redacted]' }] }] });
    expect(body['messages']).toEqual([user({ text: '[redacted]' })]);
  });
});

describe("the SDK's requests", () => {
  async function sentBySdk(input: ConverseCommandInput): Promise<JsonFields> {
    const { client, sent } = sdkClient({ body: '{"output":{"message":{"role":"assistant","content":[]}}}' });
    await client.send(new ConverseCommand(input));
    const [first] = sent;
    if (first === undefined) throw new Error('the SDK sent nothing');
    return first.body;
  }

  it('come out as they went in, with nothing lost', async () => {
    const body = await sentBySdk(WHOLE);
    expect(write(read(body))).toEqual({ body, losses: [] });
  });

  it.each<[string, Partial<ConverseCommandInput>]>([
    [
      'a budget',
      { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 5000, display: 'omitted' } } },
    ],
    ['no thinking', { additionalModelRequestFields: { thinking: { type: 'disabled' } } }],
    ['thinking of another kind', { additionalModelRequestFields: { thinking: { type: 'disabled', why: 'x' } } }],
    ['an effort', { outputConfig: { effort: 'low' } }],
    ['an effort that is none of ours', { outputConfig: { effort: 'heroic' } }],
    ['any tool', { toolConfig: { tools: [{ systemTool: { name: 's' } }], toolChoice: { any: {} } } }],
    ['nothing but a prompt', { promptVariables: { v: { text: 'x' } } }],
  ])('with %s too', async (_what, input) => {
    const body = await sentBySdk({ modelId: CLAUDE, ...input });
    expect(write(read(body), target('amazon.nova-pro-v1:0'))).toEqual({ body, losses: [] });
  });

  it("have an effort in Claude's place moved to where every model has it", async () => {
    const body = await sentBySdk({
      modelId: CLAUDE,
      additionalModelRequestFields: { output_config: { effort: 'high' } },
    });
    expect(write(read(body))).toEqual({ body: { outputConfig: { effort: 'high' } }, losses: [] });
  });
});
