import { describe, expect, it } from 'vitest';
import { inputOf, route } from './__fixtures__/ask.ts';
import { parsePattern } from './pattern.ts';
import { PathNode } from './path-node.ts';
import { RouteEntry } from './route-entry.ts';
import { Search } from './search.ts';

/** Looks a path up in a tree of the patterns. */
function look(patterns: readonly string[], path: string): { id: string | undefined; nodesVisited: number } {
  const root = new PathNode();
  for (const text of patterns) root.add(parsePattern(text), new RouteEntry(route({ path: text }), parsePattern(text)));
  const search = new Search(64);
  search.start();
  search.readPath(path);
  const entry = root.find(0, inputOf(`GET ${path}`), search);
  return { id: entry?.route.path, nodesVisited: search.nodesVisited };
}

/** All patterns of a depth whose segments are each `a` or a parameter: a full binary tree. */
function allPatterns(depth: number): string[] {
  if (depth === 0) return [''];
  return allPatterns(depth - 1).flatMap((rest) => [`/a${rest}`, `/{p${depth}}${rest}`]);
}

describe('a look-up in a tree', () => {
  it('enters one node per segment when there is one way', () => {
    expect(look(['/v1/users/{id}/posts/{post}'], '/v1/users/7/posts/9').nodesVisited).toBe(6);
  });

  it('enters only the root for a path of another world', () => {
    expect(look(['/v1/users/{id}', '/v1/orders/{id}'], '/nothing/of/it')).toEqual({ id: undefined, nodesVisited: 1 });
  });

  it('finds the one of several literals', () => {
    const patterns = ['/{x}/a', '/{x}/b', '/{x}/c', '/{x}/b/{y}'];
    expect(look(patterns, '/1/b').id).toBe('/{x}/b');
    expect(look(patterns, '/1/c').id).toBe('/{x}/c');
    expect(look(patterns, '/1/d').id).toBeUndefined();
    expect(look(patterns, '/1/b/2').id).toBe('/{x}/b/{y}');
  });

  it('enters no node twice, although every segment fits two ways', () => {
    const depth = 10;
    const patterns = allPatterns(depth).map((pattern) => `${pattern}/end`);
    const nodesInTree = 2 ** (depth + 1) - 1 + patterns.length;
    const { id, nodesVisited } = look(patterns, `${'/a'.repeat(depth)}/other`);
    expect(id).toBeUndefined();
    expect(nodesVisited).toBeLessThanOrEqual(nodesInTree);
    expect(nodesVisited).toBe(2 ** (depth + 1) - 1);
  });

  it('costs the depth of the patterns, not two to the power of it, for chains that fail at their end', () => {
    const chains = Array.from(
      { length: 30 },
      (_, n) => `${'/a'.repeat(n)}${'/{x}'.repeat(1)}${'/a'.repeat(30 - n)}/end`,
    );
    const path = `${'/a'.repeat(31)}/other`;
    expect(look(chains, path).nodesVisited).toBeLessThanOrEqual(30 * 32);
  });

  it('costs no more for a path that is much longer than the patterns', () => {
    expect(look(['/a/{x}/b'], '/a'.repeat(10_000)).nodesVisited).toBe(3);
  });
});
