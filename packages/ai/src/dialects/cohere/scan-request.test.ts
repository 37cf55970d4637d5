import { describe, expect, it } from 'vitest';
import type { PassedRequest } from '../chat-shaped/passed-request.ts';
import { scanCohereRequest } from './scan-request.ts';

const scan = (body: string): ReturnType<typeof scanCohereRequest> => scanCohereRequest(Buffer.from(body));

function passed(body: string): PassedRequest {
  const scanned = scan(body);
  if ('problem' in scanned) throw new Error(scanned.problem);
  return scanned;
}

describe('scanCohereRequest', () => {
  it('changes the bytes of the model and nothing else', () => {
    const body =
      '{ "stream":true,\n "model" : "a\\u0062",  "messages":[{"odd":1.0000000000000000001}], "x":{"model":"c"}}';
    const request = passed(body);
    expect(request).toMatchObject({ model: 'ab', stream: true });
    expect(request.patch('new "name"').toString()).toBe(body.replace('"a\\u0062"', '"new \\"name\\""'));
    expect(request.patch(undefined).toString()).toBe(body);
    expect(request.patch('ab').toString()).toBe(body);
  });

  it('takes no stream for none', () => {
    expect(passed('{"model":"m","messages":[]}').stream).toBe(false);
    expect(passed('{"model":"m","messages":[],"stream":null}').stream).toBe(false);
  });

  it.each([
    ['{"messages":[]}', 'model'],
    ['{"model":"m"}', 'messages'],
    ['{"model":"m","messages":{}}', 'messages'],
    ['{"model":"m","messages":[],"stream":1}', 'stream'],
    ['{"model":"m","Model":"n","messages":[]}', 'model'],
    ['{"model":"m","model":"n","messages":[]}', undefined],
    ['[', undefined],
  ])('refuses %s', (body, param) => {
    expect(scan(body)).toMatchObject({ problem: expect.any(String), param });
  });
});
