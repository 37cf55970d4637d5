import { describe, expect, it } from 'vitest';
import { type Given, inputOf, routerOf, told } from './__fixtures__/ask.ts';

const SERVICES = 1000;

/** Five thousand routes of the kinds that real tables hold. */
const routes: readonly Given[] = Array.from({ length: SERVICES }, (_, n) => [
  { id: `list ${n}`, method: 'GET', path: `/v1/svc${n}/items` },
  { id: `one ${n}`, method: 'GET', path: `/v1/svc${n}/items/{id}` },
  { id: `line ${n}`, method: 'PUT', path: `/v1/svc${n}/items/{id}/lines/{line}` },
  { id: `file ${n}`, path: `/v1/svc${n}/files/*` },
  { id: `own ${n}`, path: '/*', hosts: [`svc${n}.test`, `*.svc${n}.test`] },
]).flat();

describe('a router of 5,000 routes', () => {
  const router = routerOf(routes);
  const ask = (request: string): unknown => told(router.match(inputOf(request)));

  it('finds every one of them', () => {
    for (let n = 0; n < SERVICES; n++) {
      expect(ask(`GET /v1/svc${n}/items`)).toEqual({ id: `list ${n}` });
      expect(ask(`PUT /v1/svc${n}/items/7/lines/9`)).toMatchObject({ line: '9' });
      expect(ask(`POST /v1/svc${n}/files/a/b`)).toEqual({ id: `file ${n}`, '*': 'a/b' });
      expect(ask(`GET svc${n}.test/x`)).toEqual({ id: `own ${n}`, '*': 'x' });
      expect(ask(`GET a.b.svc${n}.test/x`)).toEqual({ id: `own ${n}`, '*': 'x' });
    }
  });

  it('finds none for what is nearly one of them', () => {
    for (const path of [`/v1/svc${SERVICES}/items`, '/v1/svc/items', '/v2/svc1/items', '/v1/svc1', '/v1/svc1/items/']) {
      expect(ask(`GET ${path}`)).toBeUndefined();
    }
  });

  it('answers for hosts and paths of any length, without the square of it', () => {
    expect(ask(`GET ${'a.'.repeat(500_000)}nowhere.test/x`)).toBeUndefined();
    expect(ask(`GET ${'a.'.repeat(5000)}svc7.test/${'x/'.repeat(5000)}`)).toMatchObject({ id: 'own 7' });
    expect(ask(`GET /v1/svc7/items/${'x'.repeat(100_000)}`)).toEqual({ id: 'x'.repeat(100_000) });
  });
});
