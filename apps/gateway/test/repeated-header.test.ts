import { describe, expect, it } from 'vitest';
import { gate, send, upstream } from './review-tools.ts';

async function routed() {
  const { port } = await upstream((request, response) => response.end(`to ${request.url}`));
  return gate(`
upstreams: { origin: { targets: ["http://127.0.0.1:${port}"] } }
apis:
  all:
    basePath: ""
    access: open
    upstream: origin
    routes:
      - { path: /x, when: { headers: { x-beta: a } }, policies: [ { rewrite: { path: /one } } ] }
      - { path: /x, when: { headers: { x-beta: "a, b" } }, policies: [ { rewrite: { path: /both } } ] }
      - { path: /x }
      - { path: /limited, policies: [ { rate-limit: { limit: 1, window: 1h, by: "header:x-user" } } ] }
`);
}

const get = (path: string, lines: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${lines}\r\n`;

describe('a header that comes several times', () => {
  it.each([
    ['once', 'X-Beta: a\r\n', 'to /one'],
    ['twice', 'X-Beta: a\r\nx-other: c\r\nx-beta: b\r\n', 'to /both'],
    ['as the list that it is', 'X-Beta: a, b\r\n', 'to /both'],
    ['in another order', 'X-Beta: b\r\nX-Beta: a\r\n', 'to /x'],
  ])('takes the route of all its values: %s', async (_name, lines, expected) => {
    const { port } = await routed();
    expect(await send(port, get('/x', lines))).toContain(expected);
  });

  it('is counted by all its values, so that none hides behind another', async () => {
    const { port } = await routed();
    const status = async (lines: string): Promise<string> => (await send(port, get('/limited', lines))).slice(9, 12);
    expect(await status('X-User: 1\r\nX-User: 2\r\n')).toBe('200');
    expect(await status('X-User: 1, 2\r\n')).toBe('429');
    expect(await status('X-User: 1\r\n')).toBe('200');
  });
});
