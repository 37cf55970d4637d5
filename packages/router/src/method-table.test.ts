import { describe, expect, it } from 'vitest';
import { inputOf, route } from './__fixtures__/ask.ts';
import { MethodTable } from './method-table.ts';
import { parsePattern } from './pattern.ts';
import { RouteEntry } from './route-entry.ts';

/** A table of routes written as `GET`, `GET+1` for one condition that holds, or `GET-1` for one that does not. */
function tableOf(routes: readonly string[]): MethodTable {
  const table = new MethodTable();
  for (const id of routes) {
    const method = id.replace(/[-+]\d$/u, '');
    const names = id.endsWith('1') ? ['a'] : id.endsWith('2') ? ['a', 'b'] : [];
    const headers = Object.fromEntries(names.map((name) => [name, id.includes('-') ? 'no' : 'yes']));
    const spec = route({ path: '/', id, method, when: { headers, query: {} } });
    table.add(new RouteEntry(spec, parsePattern('/')));
  }
  return table;
}

const HEADERS = { a: 'yes', b: 'yes' };

describe('of the routes of one path', () => {
  it.each<[string, readonly string[], string, string | undefined]>([
    ['the one of the method is picked', ['PUT', 'GET'], 'GET', 'GET'],
    ['the one for any method is picked for want of another', ['PUT', '*'], 'GET', '*'],
    ['none is picked when none fits', ['PUT', 'POST'], 'GET', undefined],
    ['the one with more conditions is picked', ['GET', 'GET+1', 'GET+2'], 'GET', 'GET+2'],
    ['conditions decide whatever the order', ['GET+2', 'GET', 'GET+1'], 'GET', 'GET+2'],
    ['the next one is picked when conditions do not hold', ['GET-2', 'GET+1', 'GET'], 'GET', 'GET+1'],
    ['the method decides before conditions', ['*+2', 'GET'], 'GET', 'GET'],
    ['any method is picked when the own one does not hold', ['GET-1', '*'], 'GET', '*'],
    ['HEAD is picked for HEAD', ['*', 'GET+2', 'HEAD'], 'HEAD', 'HEAD'],
    ['GET is picked for HEAD', ['*+2', 'GET'], 'HEAD', 'GET'],
    ['GET is picked for HEAD when HEAD does not hold', ['HEAD-1', '*', 'GET'], 'HEAD', 'GET'],
    ['any method is picked for HEAD when GET does not hold', ['GET-1', '*'], 'HEAD', '*'],
    ['HEAD is not picked for GET', ['HEAD'], 'GET', undefined],
  ])('%s', (_name, routes, method, expected) => {
    const entry = tableOf(routes).pick(inputOf(`${method} /`, HEADERS));
    expect(entry?.route.id).toBe(expected);
  });

  it('the first of equals is picked', () => {
    const table = new MethodTable();
    for (const id of ['first', 'second']) {
      table.add(new RouteEntry(route({ path: '/', id, method: 'GET' }), parsePattern('/')));
    }
    expect(table.pick(inputOf('GET /'))?.route.id).toBe('first');
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['all methods are allowed', ['PUT', 'DELETE'], ['DELETE', 'PUT']],
    ['GET brings HEAD', ['GET'], ['GET', 'HEAD']],
    ['a method is named once', ['PUT', 'PUT+1'], ['PUT']],
    ['only those are allowed whose conditions hold', ['PUT-1', 'POST+1'], ['POST']],
  ])('%s', (_name, routes, expected) => {
    const methods = new Set<string>();
    tableOf(routes).collectAllowed(inputOf('TRACE /', HEADERS), methods);
    expect([...methods].toSorted()).toEqual(expected);
  });
});
