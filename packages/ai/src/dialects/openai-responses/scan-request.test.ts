import { describe, expect, it } from 'vitest';
import { scanResponsesRequest } from './scan-request.ts';

function scan(body: string): unknown {
  const scanned = scanResponsesRequest(Buffer.from(body));
  if ('problem' in scanned) return { param: scanned.param };
  return { model: scanned.model, stream: scanned.stream };
}

function patch(body: string, model: string | undefined): string {
  const scanned = scanResponsesRequest(Buffer.from(body));
  if ('problem' in scanned) throw new Error(scanned.problem);
  return scanned.patch(model).toString();
}

describe('scanResponsesRequest', () => {
  const cases: Readonly<Record<string, readonly [string, object]>> = {
    'finds the model': ['{"input":"x","model":"a"}', { model: 'a', stream: false }],
    'finds the stream': ['{"model":"a","stream":true}', { model: 'a', stream: true }],
    'takes null for absent': ['{"model":"a","stream":null}', { model: 'a', stream: false }],
    'refuses what is no object': ['[]', { param: undefined }],
    'refuses a model that is none': ['{"model":5}', { param: 'model' }],
    'refuses a model twice': ['{"model":"a","mod\\u0065l":"b"}', { param: undefined }],
    'refuses a model in capitals': ['{"model":"a","MODEL":"b"}', { param: 'model' }],
    'refuses a stream that is neither': ['{"model":"a","stream":"yes"}', { param: 'stream' }],
  };
  for (const [name, [body, expected]] of Object.entries(cases)) {
    it(name, () => expect(scan(body)).toEqual(expected));
  }
});

describe('patch', () => {
  const odd = '{ "input" : [{"model":"x"}],\n\t"model" : "a" , "seed":12345678901234567890, "x":1e2 }';

  it('changes the bytes of the model alone', () => {
    expect(patch(odd, 'b"ü')).toBe(odd.replace('"a"', '"b\\"ü"'));
  });

  it('changes nothing when there is nothing to change, and copies nothing', () => {
    const body = Buffer.from(odd);
    const scanned = scanResponsesRequest(body);
    if ('problem' in scanned) throw new Error(scanned.problem);
    expect(scanned.patch('a')).toBe(body);
    expect(scanned.patch(undefined)).toBe(body);
  });

  it('can be made for one attempt after the other', () => {
    const scanned = scanResponsesRequest(Buffer.from(odd));
    if ('problem' in scanned) throw new Error(scanned.problem);
    const models = ['first', 'second', 'a'].map((model): unknown => JSON.parse(scanned.patch(model).toString()).model);
    expect(models).toEqual(['first', 'second', 'a']);
  });
});
