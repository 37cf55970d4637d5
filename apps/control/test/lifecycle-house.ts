import { expect } from 'vitest';
import { openTestHouse, type Json, type TestHouse } from './house.ts';

export const W = '/workspaces/default';

export interface Person {
  readonly id: string;
  readonly token: string;
}

/** A house with people in it and an api that is published, to begin tests with. */
export interface LifecycleHouse {
  readonly test: TestHouse;
  readonly version: Json;
  person(name: string, role: string): Promise<Person>;
  /** Expects that it works. */
  post(path: string, body: unknown, by?: Person): Promise<Json>;
  /** The status and the code of what does not work. */
  refused(path: string, body: unknown, by?: Person): Promise<string>;
  get(path: string, by?: Person): Promise<Json>;
  plan(name: string, fields?: object): Promise<Json>;
}

export async function openLifecycleHouse(): Promise<LifecycleHouse> {
  const test = await openTestHouse();
  const post: LifecycleHouse['post'] = async (path, body, by) => {
    const reply = await test.call('POST', path, { body, token: by?.token });
    expect(reply.status, `${path}: ${JSON.stringify(reply.body)}`).toBeLessThan(300);
    return reply.body;
  };
  const person = async (name: string, role: string): Promise<Person> => {
    const user = await post('/users', { name: `${name}@example.com`, grants: [{ role }] });
    return { id: user.id, token: (await post('/tokens', { name: 'test', user: user.id })).token };
  };
  const author = await person('the-author', 'publisher');
  await post(`${W}/upstreams`, { name: 'users', spec: { targets: ['http://127.0.0.1:4001'] } });
  const api = await post(`${W}/apis`, { name: 'users' }, author);
  const spec = { basePath: '/v1', upstream: 'users', routes: [{ method: 'GET', path: '/users' }] };
  const version = await post(`${W}/versions`, { name: '1.0.0', api: api.id, spec }, author);
  const revision = await post(`${W}/revisions`, { version: version.id }, author);
  await post(`${W}/revisions/${revision.id}/approve`, {}, await person('the-reviewer', 'reviewer'));
  const published = await post(`${W}/versions/${version.id}/publish`, {}, author);
  return {
    test,
    version: published,
    post,
    person,
    refused: async (path, body, by) => {
      const reply = await test.call('POST', path, { body, token: by?.token });
      return `${reply.status} ${reply.body.code} ${reply.body.detail}`;
    },
    get: async (path, by) => {
      const reply = await test.call('GET', path, { token: by?.token });
      expect(reply.status, JSON.stringify(reply.body)).toBe(200);
      return reply.body;
    },
    plan: async (name, fields = {}) => {
      const plan = await post(`${W}/plans`, {
        name,
        apis: ['users'],
        spec: { limits: [{ limit: 5, window: '1m' }] },
        ...fields,
      });
      return post(`${W}/plans/${plan.id}/publish`, {});
    },
  };
}
