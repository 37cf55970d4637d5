import { describe, expect, it } from 'vitest';
import { gate, upstream } from './review-tools.ts';

/** Answers with `said` and a `Vary` of its own. */
async function saying(said: string): Promise<string> {
  const { port } = await upstream((_request, response) => {
    response.writeHead(200, { vary: 'accept-encoding' });
    response.end(said);
  });
  return `http://127.0.0.1:${port}`;
}

async function versions(by: string): Promise<(headers: Record<string, string>, query?: string) => Promise<string>> {
  const [one, two] = [await saying('one'), await saying('two')];
  const running = await gate(`
apis:
  orders-1: { basePath: /orders, access: open, version: "1", versioning: { by: "${by}", default: true }, upstream: "${one}" }
  orders-2: { basePath: /orders, access: open, version: "2", versioning: { by: "${by}" }, upstream: "${two}" }
`);
  return async (headers, query = '') => {
    const reply = await fetch(`${running.url}/orders/7${query}`, { headers });
    const said = reply.status === 200 ? await reply.text() : reply.status;
    return `${said} ${reply.headers.get('vary') ?? '-'}`;
  };
}

describe('a version under a common address', () => {
  it('is asked for by a header, and caches on the way are told', async () => {
    const ask = await versions('header:X-Api-Version');
    expect(await ask({})).toBe('one accept-encoding, x-api-version');
    expect(await ask({ 'x-api-version': '2' })).toBe('two accept-encoding, x-api-version');
    expect(await ask({ 'x-api-version': '3' })).toBe('404 -');
  });

  it('is asked for by a query', async () => {
    const ask = await versions('query:version');
    expect(await ask({}, '?version=2')).toBe('two accept-encoding');
    expect(await ask({}, '?other=2')).toBe('one accept-encoding');
  });

  it('is asked for by the parameter of a media type', async () => {
    const ask = await versions('media-type:version');
    expect(await ask({ accept: 'application/json;version=2' })).toBe('two accept-encoding, accept');
    expect(await ask({ accept: '*/*', 'content-type': 'application/json; version=2' })).toBe(
      'two accept-encoding, accept',
    );
    expect(await ask({ accept: 'text/html, */*;q=0.1' })).toBe('one accept-encoding, accept');
    expect(await ask({ accept: 'application/json;version=9' })).toBe('404 -');
  });

  it('is asked for by the name of a media type', async () => {
    const ask = await versions('media-type:application/vnd.acme.v{version}+json');
    expect(await ask({ accept: 'application/vnd.acme.v1+json;q=0.5, application/vnd.acme.v2+json' })).toBe(
      'two accept-encoding, accept',
    );
    expect(await ask({ accept: 'application/json' })).toBe('one accept-encoding, accept');
  });
});
