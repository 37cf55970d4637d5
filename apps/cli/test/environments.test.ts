import http from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { governedGate, withoutStandards, type GovernedGate, type Json } from './governed-gate.ts';
import { listenSomewhere } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const W = '/workspaces/default';
const STAGING = 'staging.example.com';

async function upstream(said: string): Promise<string> {
  const server = http.createServer((_request, response) => response.end(said));
  const port = await listenSomewhere(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${port}`;
}

async function call(gate: GovernedGate, path: string, host?: string): Promise<string> {
  const request = http.get(`${gate.gateway}${path}`, { headers: host === undefined ? {} : { host }, agent: false });
  const reply = await new Promise<http.IncomingMessage>((resolve, reject) => {
    request.once('response', resolve).once('error', reject);
  });
  const said = await text(reply);
  return reply.statusCode === 200 ? said : String(reply.statusCode);
}

async function patch(gate: GovernedGate, to: string, body: object): Promise<Json> {
  const { revision } = await gate.done(to);
  const reply = await gate.ask(to, { method: 'PATCH', body, headers: { 'if-match': `"${revision}"` } });
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return reply.body;
}

it('a version is tried in an environment of its own before callers have it', async () => {
  const gate = await withoutStandards(await governedGate({ folder: temporaryFolder() }));
  const [real, tried] = [await upstream('in earnest'), await upstream('in staging')];
  const [workspace] = (await gate.done('/workspaces'))['items'];
  const environments = { staging: { hosts: [STAGING], upstreams: { users: 'users-staging' } } };
  await patch(gate, `/workspaces/${workspace.id}`, { environments });
  for (const [name, target] of [['users', real] as const, ['users-staging', tried] as const])
    await gate.done(`${W}/upstreams`, { name, spec: { targets: [target] } });
  const reviewer = await gate.done('/users', { name: 'r@example.com', grants: [{ role: 'reviewer' }] });
  const { token } = await gate.done('/tokens', { name: 't', user: reviewer.id });
  const api = await gate.done(`${W}/apis`, { name: 'users' });
  const spec = { basePath: '/v1', access: 'open', upstream: 'users', routes: [{ path: '/users' }] };
  const version = await gate.done(`${W}/versions`, { name: '1', api: api.id, spec });
  const sealed = async (): Promise<Json> => {
    const made = await gate.done(`${W}/revisions`, { version: version.id });
    await gate.done(`${W}/revisions/${made.id}/approve`, {}, token);
    return made;
  };
  const stage = { version: version.id, environment: 'staging', weight: 100 };

  // Nobody has it, then only staging, then all; and each of them stays as it is when the other changes.
  const first = await sealed();
  expect([await call(gate, '/v1/users'), await call(gate, '/v1/users', STAGING)]).toEqual(['404', '503']);
  const staged = await gate.done(`${W}/deployments`, { ...stage, revision: first.id });
  expect(staged).toMatchObject({ state: 'active', environment: 'staging' });
  expect([await call(gate, '/v1/users'), await call(gate, '/v1/users', STAGING)]).toEqual(['404', 'in staging']);
  await gate.done(`${W}/versions/${version.id}/publish`, {});
  expect([await call(gate, '/v1/users'), await call(gate, '/v1/users', STAGING)]).toEqual(['in earnest', 'in staging']);

  await patch(gate, `${W}/versions/${version.id}`, { spec: { ...spec, routes: [{ path: '/people' }] } });
  const second = await sealed();
  await gate.done(`${W}/deployments`, { ...stage, revision: second.id });
  expect([await call(gate, '/v1/users'), await call(gate, '/v1/people')]).toEqual(['in earnest', '404']);
  expect([await call(gate, '/v1/people', STAGING), await call(gate, '/v1/users', STAGING)]).toEqual([
    'in staging',
    '503',
  ]);

  // An older one again, and then none; callers in earnest notice nothing.
  const back = await gate.done(`${W}/deployments`, { ...stage, revision: first.id });
  expect(await call(gate, '/v1/users', STAGING)).toBe('in staging');
  await gate.done(`${W}/deployments/${back.id}/withdraw`, {});
  expect([await call(gate, '/v1/users'), await call(gate, '/v1/users', STAGING)]).toEqual(['in earnest', '503']);
  await patch(gate, `/workspaces/${workspace.id}`, { environments: null });
  expect(await call(gate, '/v1/users', STAGING)).toBe('in earnest');
}, 60_000);

it('an environment is one that there is, and takes all calls or none', async () => {
  const gate = await withoutStandards(await governedGate({ folder: temporaryFolder() }));
  const [workspace] = (await gate.done('/workspaces'))['items'];
  const api = await gate.done(`${W}/apis`, { name: 'users' });
  const version = await gate.done(`${W}/versions`, {
    name: '1',
    api: api.id,
    spec: { upstream: 'http://127.0.0.1:9' },
  });
  const { id: revision } = await gate.done(`${W}/revisions`, { version: version.id });
  const deployed = async (body: object): Promise<string> => {
    const reply = await gate.ask(`${W}/deployments`, { body: { version: version.id, revision, ...body } });
    return `${reply.status} ${reply.body['detail'] ?? reply.body.state}`;
  };
  expect(await deployed({ environment: 'staging' })).toBe('422 /environment there is no staging here: default');
  await patch(gate, `/workspaces/${workspace.id}`, { environments: { staging: { hosts: [STAGING] } } });
  expect(await deployed({ environment: 'staging', weight: 100 })).toContain('409');
  const reviewer = await gate.done('/users', { name: 'r@example.com', grants: [{ role: 'reviewer' }] });
  const { token } = await gate.done('/tokens', { name: 't', user: reviewer.id });
  await gate.done(`${W}/revisions/${revision}/approve`, {}, token);
  expect(await deployed({ weight: 100 })).toContain('409');
  expect(await deployed({ environment: 'staging', weight: 5 })).toContain(
    'shares of calls are for the environment default',
  );
  expect(await deployed({ environment: 'staging' })).toBe('201 pending');
  for (const environments of [
    { default: { hosts: ['other.example.com'] } },
    { Staging: { hosts: ['other.example.com'] } },
    { preview: {} },
    { preview: { hosts: [] } },
    { staging: { hosts: ['a b'] } },
    { staging: { hosts: [STAGING], more: 1 } },
    // Two environments at one host.
    { preview: { hosts: [STAGING] } },
  ]) {
    const { revision: seen } = await gate.done(`/workspaces/${workspace.id}`);
    const headers = { 'if-match': `"${seen}"` };
    const to = `/workspaces/${workspace.id}`;
    const reply = await gate.ask(to, { method: 'PATCH', body: { environments }, headers });
    expect([JSON.stringify(environments), reply.status]).toEqual([JSON.stringify(environments), 422]);
  }
}, 60_000);
