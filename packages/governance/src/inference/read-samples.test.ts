import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferDocument } from './infer-document.ts';
import { readSamples } from './read-samples.ts';

const entry = (request: object, response: object): object => ({
  request: { method: 'POST', url: 'https://a.example/v1/users?q=1', ...request },
  response: { status: 201, content: {}, ...response },
});
const har = (...entries: readonly unknown[]): string => JSON.stringify({ log: { version: '1.2', entries } });

describe('recorded calls', () => {
  it.each<[string, string, object]>([
    [
      'are lines',
      '{"method":"GET","path":"/a","query":"q=1","status":200,"requestBody":{"a":1},"responseBody":"x","contentType":"text/plain","requestContentType":"application/json"}',
      {
        method: 'GET',
        path: '/a',
        query: 'q=1',
        status: 200,
        requestBody: { a: 1 },
        responseBody: 'x',
        contentType: 'text/plain',
        requestContentType: 'application/json',
      },
    ],
    [
      'may have their query behind the path',
      '{"method":"GET","path":"/a?q=1","status":200}',
      { method: 'GET', path: '/a', query: '?q=1', status: 200 },
    ],
    [
      'are records of the gate',
      '{"id":"x","time":1,"worker":0,"config":"c","method":"GET","path":"/users/1","host":"h","status":404,"clientIp":"::1","bytesIn":0,"bytesOut":0,"durationMs":1,"gatewayMs":1}',
      { method: 'GET', path: '/users/1', status: 404 },
    ],
    [
      'are in a HAR file',
      har(
        entry(
          { postData: { mimeType: 'application/json', text: '{}' } },
          { content: { mimeType: 'text/html', text: '<a>' } },
        ),
      ),
      {
        method: 'POST',
        path: '/v1/users',
        query: '?q=1',
        status: 201,
        requestBody: '{}',
        requestContentType: 'application/json',
        responseBody: '<a>',
        contentType: 'text/html',
      },
    ],
    [
      'in a HAR file may be bytes',
      har(entry({}, { content: { mimeType: 'image/png', text: 'AAAA', encoding: 'base64' } })),
      { method: 'POST', path: '/v1/users', query: '?q=1', status: 201, contentType: 'image/png' },
    ],
  ])('%s', (_, text, expected) => expect(readSamples(text)).toEqual({ samples: [expected], unread: 0 }));

  it('that are none are counted', () => {
    expect(readSamples('{"method":"GET","path":"/a","status":200}\n\nnonsense\n[]\n{"method":5}\n')).toMatchObject({
      samples: [{ path: '/a' }],
      unread: 3,
    });
    expect(readSamples(har({}, 5, entry({ url: '/relative' }, {})))).toEqual({ samples: [], unread: 3 });
  });
});

it('whatever is read, there is a draft', () => {
  const line = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({
        method: fc.constantFrom('GET', 'post', 'X'),
        path: fc.webPath(),
        query: fc.string(),
        status: fc.integer({ min: 0, max: 700 }),
        requestBody: fc.jsonValue(),
        requestContentType: fc.string(),
        responseBody: fc.jsonValue(),
      })
      .map((row) => JSON.stringify(row)),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const { samples } = readSamples(lines.join('\n'));
      expect(JSON.parse(JSON.stringify(inferDocument(samples).document))).toMatchObject({ openapi: '3.1.0' });
    }),
    { numRuns: 500 },
  );
});
