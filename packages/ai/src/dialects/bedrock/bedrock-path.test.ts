import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from 'vitest';
import { sdkClient } from './__fixtures__/bedrock-sdk.ts';
import { signV4 } from '../../providers/sigv4/sign-v4.ts';
import { bedrockCallFromPath, bedrockPath } from './bedrock-path.ts';

const MODELS = [
  'anthropic.claude-sonnet-4-5-20250929-v1:0',
  'us.anthropic.claude-opus-4-6-v1',
  'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3',
  "odd (name) with 'quotes'! and * ü 🐦 ?query#part%20",
];

describe('the path of a call', () => {
  it.each(MODELS)('holds %s as one segment, there and back', (model) => {
    for (const stream of [false, true]) {
      const path = bedrockPath({ model, stream });
      expect(path.split('/')).toHaveLength(4);
      expect(bedrockCallFromPath(path)).toEqual({ model, stream });
    }
  });

  it.each(MODELS)("is the SDK's own for %s", async (modelId) => {
    const { client, sent } = sdkClient({ body: '{}' });
    await client.send(new ConverseCommand({ modelId, messages: [] }));
    await client.send(new ConverseStreamCommand({ modelId, messages: [] })).catch(() => 'the reply is no stream');
    expect(sent.map(({ path }) => path)).toEqual([
      bedrockPath({ model: modelId, stream: false }),
      bedrockPath({ model: modelId, stream: true }),
    ]);
  });

  it.each(MODELS)('is signed as the SDK signs it for %s', async (modelId) => {
    const { client, sent } = sdkClient({ body: '{}' });
    await client.send(new ConverseCommand({ modelId, messages: [{ role: 'user', content: [{ text: 'Grüße' }] }] }));
    const [{ headers, body, path } = { headers: {}, body: {}, path: '' }] = sent;
    const names = /SignedHeaders=([^,]+)/.exec(headers['authorization'] ?? '')?.[1]?.split(';') ?? [];
    const ours = signV4({
      method: 'POST',
      host: headers['host'] ?? '',
      path,
      headers: Object.fromEntries(names.map((name) => [name, headers[name] ?? ''])),
      body: JSON.stringify(body),
      service: 'bedrock',
      region: 'eu-central-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      nowMs: Date.parse((headers['x-amz-date'] ?? '').replace(/^(....)(..)(..T..)(..)/, '$1-$2-$3:$4:')),
    });
    expect(ours['authorization']).toBe(headers['authorization']);
  });

  it('takes a model that encodes less than it should', () => {
    expect(bedrockCallFromPath('/model/anthropic.claude-3:0/converse')).toEqual({
      model: 'anthropic.claude-3:0',
      stream: false,
    });
  });

  it('leaves a query aside', () => {
    expect(bedrockCallFromPath('/model/m/converse-stream?x=1')).toEqual({ model: 'm', stream: true });
  });

  it.each([
    '/model//converse',
    '/model/a/b/converse',
    '/model/m/invoke',
    '/model/m/converse/',
    '/x/model/m/converse',
    '/model/%zz/converse',
    '/model/%ff/converse',
    '',
  ])('is none of this dialect: %s', (path) => {
    expect(bedrockCallFromPath(path)).toBeUndefined();
  });

  it('survives half a surrogate pair', () => {
    expect(bedrockPath({ model: '\ud83d', stream: false })).toBe('/model/%EF%BF%BD/converse');
  });
});
