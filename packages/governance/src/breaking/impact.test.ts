import { describe, expect, it } from 'vitest';
import { documentOf, NOW } from './__fixtures__/documents.ts';
import { compareDocuments } from './compare-documents.ts';
import { impactOf, type UsageRow } from './impact.ts';

const get = { get: { responses: { '200': {} } } };
const before = documentOf({ paths: { '/a/{x}': get, '/b': get, '/c': get } });
const after = documentOf({ paths: { '/c': get } });
const { changes } = compareDocuments(before, after, { now: NOW });

function usage(application: string, operation: string, calls = 1): UsageRow {
  return { application, operation, calls, lastSeen: NOW - calls };
}

function shown(rows: readonly UsageRow[], of = changes) {
  return impactOf(of, rows).map((impact) => [impact.application, impact.calls, impact.changes.map((c) => c.operation)]);
}

describe('impact', () => {
  it('names those who call what changes, the most first', () => {
    const rows = [usage('small', 'GET /a/{x}'), usage('none', 'GET /c'), usage('big', 'GET /b', 9)];
    expect(shown(rows)).toEqual([
      ['big', 9, ['GET /b']],
      ['small', 1, ['GET /a/{x}']],
    ]);
  });

  it('does not mind what path parameters are called', () => {
    expect(shown([usage('one', 'GET /a/{other}')])).toEqual([['one', 1, ['GET /a/{x}']]]);
  });

  it('adds up the calls of what is touched, and no others', () => {
    const rows = [usage('one', 'GET /a/{x}', 2), usage('one', 'GET /b', 3), usage('one', 'GET /c', 100)];
    expect(shown(rows)).toEqual([['one', 5, ['GET /a/{x}', 'GET /b']]]);
    expect(impactOf(changes, rows)[0]?.lastSeen).toBe(NOW - 2);
  });

  it('touches everyone with a change of the whole document', () => {
    const server = (path: string) => documentOf({ servers: [{ url: `https://a${path}` }] });
    const moved = compareDocuments(server('/v1'), server('/v2'), { now: NOW });
    expect(shown([usage('one', 'GET /c')], moved.changes)).toEqual([['one', 1, ['']]]);
  });

  it('touches nobody without changes or without calls', () => {
    expect(shown([usage('one', 'GET /b')], [])).toEqual([]);
    expect(shown([])).toEqual([]);
  });

  it('takes any names of applications and operations', () => {
    expect(shown([usage('__proto__', 'constructor'), usage('__proto__', 'GET /b')])).toEqual([
      ['__proto__', 1, ['GET /b']],
    ]);
  });
});
