import { describe, expect, it } from 'vitest';
import { kindOf } from '../kinds/kinds.ts';
import { withPersonalParts, type Parts } from './personal-parts.ts';

/** Fields of users that say nothing of who they are. */
const NOT_PERSONAL = ['grants', 'disabled', 'bot', 'groups'];

const marked = async ({ actor = {}, kind = 'user', change }: { actor?: object; kind?: string; change: object }) => {
  const parts: Parts = { actor, entity: { kind }, change };
  return withPersonalParts(parts, async (value, { whose, path }) => Promise.resolve([whose, path, value]));
};

describe('what of an entry is of a person', () => {
  const actor = { kind: 'user', id: 'user_1', name: 'a@example.com', ip: '192.0.2.1', userAgent: 'a browser' };

  it('is who did it, whatever was done', async () => {
    const change = { after: { name: 'an api' } };
    expect(await marked({ actor, kind: 'api', change })).toEqual({
      actor: {
        kind: 'user',
        id: 'user_1',
        name: ['actor', '/actor/name', 'a@example.com'],
        ip: ['actor', '/actor/ip', '192.0.2.1'],
        userAgent: ['actor', '/actor/userAgent', 'a browser'],
      },
      change,
    });
  });

  it('is what a user is called, whole or changed, also where it is inside', async () => {
    const after = { id: 'user_1', name: 'a@example.com', grants: [{ role: 'admin' }] };
    expect((await marked({ change: { after } })).change).toEqual({
      after: { ...after, name: ['entity', '/change/after/name', 'a@example.com'] },
    });
    const patch = [
      { op: 'replace', path: '/title', value: 'A' },
      { op: 'add', path: '/externalId/deep/0', value: 'b' },
      { op: 'replace', path: '/revision', value: 2 },
      { op: 'remove', path: '/title' },
      { op: 'remove', path: '' },
    ];
    expect((await marked({ change: { patch } })).change).toEqual({
      patch: [
        { ...patch[0], value: ['entity', '/change/patch/0/value', 'A'] },
        { ...patch[1], value: ['entity', '/change/patch/1/value', 'b'] },
        ...patch.slice(2),
      ],
    });
  });

  it('is nothing of other kinds, also of those that objects have by themselves', async () => {
    for (const kind of ['api', 'constructor', '__proto__', 'toString', '']) {
      const change = { after: { name: 'x', title: 'y' } };
      expect(await marked({ kind, change })).toEqual({ actor: {}, change });
    }
  });

  it('is every field of a user, but those that are known to be of nobody', async () => {
    const { fields, facts = [] } = kindOf('user');
    const names = ['name', ...Object.keys(fields.properties), ...facts];
    const after = Object.fromEntries(names.map((name) => [name, 'x']));
    const sealed = new Set<string>();
    await withPersonalParts({ actor: {}, entity: { kind: 'user' }, change: { after } }, async (_, { path }) =>
      Promise.resolve(sealed.add(path.replace('/change/after/', ''))),
    );
    expect(names.filter((name) => !sealed.has(name)).toSorted()).toEqual(NOT_PERSONAL.toSorted());
  });
});
