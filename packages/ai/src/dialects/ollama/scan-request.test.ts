import { describe, expect, it } from 'vitest';
import type { PassedRequest } from '../chat-shaped/passed-request.ts';
import { scanOllamaRequest } from './scan-request.ts';

const scan = (body: string): ReturnType<typeof scanOllamaRequest> => scanOllamaRequest(Buffer.from(body));

function passed(body: string): PassedRequest {
  const scanned = scan(body);
  if ('problem' in scanned) throw new Error(scanned.problem);
  return scanned;
}

describe('scanOllamaRequest', () => {
  it('changes the bytes of the model and nothing else', () => {
    const body = '{"keep_alive" : 5, "model":"llama3.2:1b" ,"messages":[{"role":"user","content":"model"}]}';
    const request = passed(body);
    expect(request).toMatchObject({ model: 'llama3.2:1b', stream: true });
    expect(request.patch('other').toString()).toBe(body.replace('"llama3.2:1b"', '"other"'));
    expect(request.patch(undefined).toString()).toBe(body);
  });

  it.each([
    ['{"model":"m"}', true],
    ['{"model":"m","stream":null,"messages":null}', true],
    ['{"model":"m","stream":true}', true],
    ['{"model":"m","stream":false,"messages":[]}', false],
  ])('reads of %s that its stream is %j', (body, stream) => {
    expect(passed(body).stream).toBe(stream);
  });

  it.each([
    ['{"messages":[]}', 'model'],
    ['{"model":"m","messages":"x"}', 'messages'],
    ['{"model":"m","stream":"x"}', 'stream'],
    ['{"model":"m","MODEL":"n"}', 'model'],
    ['{"model":"m","Stream":false}', 'stream'],
    ['x', undefined],
  ])('refuses %s', (body, param) => {
    expect(scan(body)).toMatchObject({ problem: expect.any(String), param });
  });
});
