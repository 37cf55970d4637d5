import { describe, expect, it } from 'vitest';
import { ask, inputOf, routerOf } from './__fixtures__/ask.ts';

describe('a path', () => {
  const paths = [{ path: '/u/{id}' }, { path: '/u/me' }, { path: '/u/*' }, { path: '/*' }, { path: '/u/{id}/x' }];
  it.each([
    ['prefers a literal', 'GET /u/me', { id: '* /u/me' }],
    ['falls back from a literal that leads nowhere', 'GET /u/me/x', { id: 'me' }],
    ['prefers a parameter to a rest', 'GET /u/7', { id: '7' }],
    ['takes any rest', 'GET /u/7/y/z', { id: '* /u/*', '*': '7/y/z' }],
    ['lets the rest be none', 'GET /u', { id: '* /u/*', '*': '' }],
    ['lets the rest be a slash', 'GET /u/', { id: '* /u/*', '*': '' }],
    ['keeps slashes inside the rest', 'GET /u//a/', { id: '* /u/*', '*': '/a/' }],
    ['matches the root by a rest', 'GET /', { id: '* /*', '*': '' }],
    ['takes every other path by a rest of the root', 'GET /v/w', { id: '* /*', '*': 'v/w' }],
    ['does not take a longer first segment for a literal', 'GET /um', { id: '* /*', '*': 'um' }],
    ['does not take a shorter first segment for a literal', 'GET /u', { id: '* /u/*', '*': '' }],
  ])('%s', (_name, request, expected) => expect(ask(paths, request)).toMatchObject(expected));

  it.each([
    ['keeps a trailing slash apart', ['/a'], 'GET /a/', undefined],
    ['matches a pattern with a trailing slash', ['/a', '/a/'], 'GET /a/', { id: '* /a/' }],
    ['keeps a trailing slash after a parameter apart', ['/a/{x}', '/a/{x}/'], 'GET /a/1/', { x: '1', id: '* /a/{x}/' }],
    ['does not take an empty segment for a parameter', ['/a/{x}', '/{x}'], 'GET /a/', undefined],
    ['does not take an empty segment in the middle for a parameter', ['/a/{x}/b'], 'GET /a//b', undefined],
    ['matches the root alone', ['/'], 'GET /', { id: '* /' }],
    ['knows nothing of other paths', ['/a'], 'GET /b', undefined],
    ['compares letters with their case', ['/Users'], 'GET /users', undefined],
    ['is refused when it does not start with a slash', ['/*'], 'OPTIONS *', undefined],
    ['prefers what is literal further left', ['/{x}/b', '/a/{x}'], 'GET /a/b', { id: '* /a/{x}', x: 'b' }],
    ['prefers an end to a rest', ['/a/*', '/a'], 'GET /a', { id: '* /a' }],
    ['prefers a rest behind a literal to a parameter', ['/{x}', '/a/*'], 'GET /a', { id: '* /a/*', '*': '' }],
    ['backtracks over several levels', ['/a/b/c/d', '/a/{x}/c/e', '/{y}/b/c/f'], 'GET /a/b/c/f', { y: 'a' }],
    ['falls back to a rest of an outer level', ['/a/b/c', '/a/*', '/a/{x}/d'], 'GET /a/b/e', { '*': 'b/e' }],
    ['compares escapes in their canonical form', ['/caf%c3%a9'], 'GET /caf%C3%A9', { id: '* /caf%c3%a9' }],
    [
      'matches escapes of what the pattern spells out',
      ['/café au lait'],
      'GET /caf%C3%A9%20au%20lait',
      { id: '* /café au lait' },
    ],
    ['reads an asterisk inside a segment as itself', ['/a*'], 'GET /ab', undefined],
  ])('%s', (_name, patterns, request, expected) => {
    const answer = ask(
      patterns.map((path) => ({ path })),
      request,
    );
    if (expected === undefined) expect(answer).toBeUndefined();
    else expect(answer).toMatchObject(expected);
  });
});

describe('parameters', () => {
  it('keep their percent-encoding', () => {
    expect(ask([{ path: '/{x}/*' }], 'GET /a%2Fb/c%20d')).toMatchObject({ x: 'a%2Fb', '*': 'c%20d' });
  });

  it('are named as their own route names them', () => {
    const routes = [
      { path: '/u/{id}', method: 'GET' },
      { path: '/u/{user}', method: 'PUT' },
      { path: '/u/{userId}/posts/{post}', method: 'GET' },
    ];
    expect(ask(routes, 'GET /u/1')).toEqual({ id: '1' });
    expect(ask(routes, 'PUT /u/1')).toEqual({ id: 'PUT /u/{user}', user: '1' });
    expect(ask(routes, 'GET /u/1/posts/2')).toMatchObject({ userId: '1', post: '2' });
  });

  it('are one shared frozen object where there are none', () => {
    const router = routerOf([{ path: '/a' }, { path: '/b' }]);
    const first = router.match(inputOf('GET /a'));
    const second = router.match(inputOf('GET /a'));
    expect(second).toBe(first);
    expect(first.kind === 'match' && Object.isFrozen(first.match.params)).toBe(true);
  });

  it('inherit nothing, whatever they are called', () => {
    const result = routerOf([{ path: '/{__proto__}/{constructor}' }]).match(inputOf('GET /a/b'));
    const params = result.kind === 'match' ? result.match.params : {};
    expect(Object.entries(params)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(params['toString']).toBeUndefined();
  });

  it('are found however much longer the path is than the deepest pattern', () => {
    const routes = [{ path: '/{a}/{b}/*' }];
    expect(ask(routes, 'GET /1/2/3/4/5/')).toMatchObject({ a: '1', b: '2', '*': '3/4/5/' });
    expect(ask(routes, 'GET /1/2/')).toMatchObject({ a: '1', b: '2', '*': '' });
    expect(ask(routes, 'GET /1/2')).toMatchObject({ a: '1', b: '2', '*': '' });
  });
});

describe('a method', () => {
  const methods = [
    { method: 'GET', path: '/a' },
    { method: 'POST', path: '/a' },
  ];
  it('that no route takes gets the allowed ones, sorted', () => {
    expect(ask(methods, 'PUT /a')).toEqual(['GET', 'HEAD', 'POST']);
  });
  it('HEAD is answered by GET', () => expect(ask(methods, 'HEAD /a')).toMatchObject({ id: 'GET /a' }));
  it('HEAD is answered by its own route when there is one', () => {
    expect(ask([...methods, { method: 'HEAD', path: '/a' }], 'HEAD /a')).toEqual({ id: 'HEAD /a' });
  });
  it('HEAD prefers GET to a route for any method', () => {
    expect(ask([{ path: '/a' }, ...methods], 'HEAD /a')).toEqual({ id: 'GET /a' });
  });
  it('HEAD is not answered by other methods', () => {
    expect(ask([{ method: 'POST', path: '/a' }], 'HEAD /a')).toEqual(['POST']);
  });
  it('of its own wins over any, whatever the order', () => {
    expect(ask([{ path: '/a' }, ...methods], 'POST /a')).toEqual({ id: 'POST /a' });
    expect(ask([{ path: '/a' }, ...methods], 'PUT /a')).toEqual({ id: '* /a' });
  });
  it('of its own wins over any even with fewer conditions', () => {
    const routes = [{ path: '/a', when: { headers: { x: '1' }, query: {} } }, ...methods];
    expect(ask(routes, 'GET /a', { x: '1' })).toEqual({ id: 'GET /a' });
  });
  it('OPTIONS is listed only where a route has it', () => {
    expect(ask([...methods, { method: 'OPTIONS', path: '/a' }], 'PUT /a')).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST']);
  });
  it('falls back to a less specific path that takes it', () => {
    const routes = [
      { method: 'GET', path: '/u/me' },
      { method: 'PUT', path: '/u/{x}' },
    ];
    expect(ask(routes, 'PUT /u/me')).toEqual({ id: 'PUT /u/{x}', x: 'me' });
  });
  it('is told of all patterns that match the path', () => {
    const routes = [
      { method: 'GET', path: '/u/me' },
      { method: 'PUT', path: '/u/{x}' },
      { method: 'PATCH', path: '/*' },
      { method: 'TRACE', path: '/v' },
    ];
    expect(ask(routes, 'DELETE /u/me')).toEqual(['GET', 'HEAD', 'PATCH', 'PUT']);
  });
  it('is compared with its case', () => expect(ask(methods, 'get /a')).toEqual(['GET', 'HEAD', 'POST']));
});

describe('a host', () => {
  const hosts = [
    { path: '/h', id: 'any' },
    { path: '/h', hosts: ['*.a.test'], id: 'wild' },
    { path: '/h', hosts: ['*.b.a.test'], id: 'longer' },
    { path: '/h', hosts: ['x.a.test', 'x.c.test'], id: 'own' },
    { path: '/only-any', id: 'only any' },
    { path: '/m', hosts: ['x.a.test'], method: 'GET', id: 'own GET' },
    { path: '/m', hosts: ['*.a.test'], method: 'PUT', id: 'wild PUT' },
  ];
  it.each([
    ['takes its own table', 'GET x.a.test/h', { id: 'own' }],
    ['takes its own table under each of its names', 'GET x.c.test/h', { id: 'own' }],
    ['takes a wildcard of one label', 'GET y.a.test/h', { id: 'wild' }],
    ['takes a wildcard of several labels', 'GET z.y.a.test/h', { id: 'wild' }],
    ['takes the longest wildcard', 'GET z.b.a.test/h', { id: 'longer' }],
    ['is not matched by a wildcard of itself', 'GET a.test/h', { id: 'any' }],
    ['is not matched by a wildcard when its first label is empty', 'GET .a.test/h', { id: 'any' }],
    ['is not matched by the end of another label', 'GET xa.test/h', { id: 'any' }],
    ['may be missing', 'GET /h', { id: 'any' }],
    ['gives way to any host for paths that it does not have', 'GET x.a.test/only-any', { id: 'only any' }],
    ['gives way to a wildcard for methods that it does not have', 'PUT x.a.test/m', { id: 'wild PUT' }],
    ['tells the methods of all tables that match', 'POST x.a.test/m', ['GET', 'HEAD', 'PUT']],
    ['has no routes of others', 'GET other.test/m', undefined],
  ])('%s', (_name, request, expected) => expect(ask(hosts, request)).toEqual(expected));

  it('decides before the path does', () => {
    const routes = [
      { path: '/a', id: 'literal' },
      { path: '/*', hosts: ['x.test'], id: 'rest' },
    ];
    expect(ask(routes, 'GET x.test/a')).toMatchObject({ id: 'rest' });
  });

  it.each(['*', 'a.*.test', '*a.test', ''])('is refused when it is spelled %j', (host) => {
    expect(() => routerOf([{ path: '/', hosts: [host] }])).toThrow('neither a name nor *.name');
  });
});

describe('conditions', () => {
  const conditions = [
    { path: '/c', id: 'plain' },
    { path: '/c', id: 'beta', when: { headers: { 'x-beta': '1' }, query: { v: '*' } } },
    { path: '/c', id: 'later', when: { headers: { 'x-late': '*' }, query: {} } },
    { path: '/c', id: 'latest', when: { headers: { 'x-late': '*' }, query: {} } },
  ];
  it.each([
    ['prefer the route with more of them', 'GET /c?v=2', { 'x-beta': '1', 'x-late': '' }, 'beta'],
    ['pass over those that do not hold', 'GET /c?v=2', {}, 'plain'],
    ['want every one to hold', 'GET /c', { 'x-beta': '1' }, 'plain'],
    ['compare the whole value', 'GET /c?v=2', { 'x-beta': '11' }, 'plain'],
    ['take any value for *, also an empty one', 'GET /c', { 'x-late': '' }, 'later'],
    ['leave the rest to the order of the list', 'GET /c', { 'x-late': 'x' }, 'later'],
  ])('%s', (_name, request, headers, id) => expect(ask(conditions, request, headers)).toEqual({ id }));

  it('that hold for no method are no matter of methods', () => {
    const routes = [{ method: 'GET', path: '/c', when: { headers: { x: '1' }, query: {} } }];
    expect(ask(routes, 'GET /c')).toBeUndefined();
    expect(ask(routes, 'PUT /c')).toBeUndefined();
    expect(ask(routes, 'PUT /c', { x: '1' })).toEqual(['GET', 'HEAD']);
  });

  it('that do not hold give way to a less specific path', () => {
    const routes = [{ path: '/c/d', when: { headers: {}, query: { v: '1' } } }, { path: '/c/{x}' }];
    expect(ask(routes, 'GET /c/d?v=1')).toEqual({ id: '* /c/d' });
    expect(ask(routes, 'GET /c/d?v=2')).toEqual({ id: '* /c/{x}', x: 'd' });
  });

  it('are not asked for on routes without any', () => {
    const router = routerOf([{ path: '/a', when: { headers: {}, query: {} } }]);
    const input = {
      ...inputOf('GET /a'),
      header: (): never => {
        throw new Error('asked');
      },
    };
    expect(router.match(input).kind).toBe('match');
  });
});

describe('one router', () => {
  it('carries nothing over from one look-up to the next', () => {
    const router = routerOf([{ path: '/a', method: 'GET' }, { path: '/{x}/{y}' }]);
    expect(router.match(inputOf('PUT /a'))).toEqual({ kind: 'method', allow: ['GET', 'HEAD'] });
    expect(router.match(inputOf('PUT /b'))).toEqual({ kind: 'none' });
    expect(router.match(inputOf('PUT /b/c'))).toMatchObject({ kind: 'match', match: { params: { x: 'b', y: 'c' } } });
    expect(router.match(inputOf('PUT /'))).toEqual({ kind: 'none' });
  });

  it('without routes matches nothing', () => expect(ask([], 'GET /')).toBeUndefined());
});
