import http from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { governedGate, withoutStandards } from './governed-gate.ts';
import { listenSomewhere, stubUpstream } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const W = '/workspaces/default';
const SWAGGER = {
  swagger: '2.0',
  info: { title: 'Pet Store', version: '1.0.0' },
  paths: {
    '/pets/{id}': {
      get: { parameters: [{ name: 'id', in: 'path', type: 'integer', required: true }], responses: {} },
    },
  },
};

it('a Swagger document at an address inside becomes an api that the gate serves and holds calls to', async () => {
  const documents = http.createServer((_, response) => response.end(JSON.stringify(SWAGGER)));
  const url = `http://127.0.0.1:${await listenSomewhere(documents)}/swagger.json`;
  onTestFinished(() => void documents.close());
  const { url: upstream } = await stubUpstream();
  const env = { GATEHOUSE_IMPORT_FROM: `${new URL(url).origin}, 127.0.0.1/32` };
  const gate = await withoutStandards(await governedGate({ folder: temporaryFolder(), env }));
  const spec = { basePath: '/store', access: 'open', upstream, policies: [{ validate: {} }] };
  const { version } = await gate.done(`${W}/imports`, { url, spec });
  const revision = await gate.done(`${W}/revisions`, { version: version.id });
  expect(revision['operations']).toMatchObject([{ name: 'get_pets_id', places: { id: { in: 'path' } } }]);
  const user = await gate.done('/users', { name: 'r@example.com', grants: [{ role: 'reviewer' }] });
  const { token } = await gate.done('/tokens', { name: 'test', user: user.id });
  await gate.done(`${W}/revisions/${revision.id}/approve`, {}, token);
  await gate.done(`${W}/versions/${version.id}/publish`, {});
  const statusOf = async (path: string): Promise<number> => (await fetch(`${gate.gateway}${path}`)).status;
  expect(await Promise.all(['/store/pets/7', '/store/pets/x', '/store/other'].map(statusOf))).toEqual([200, 400, 404]);
  const preview = await gate.done(`${W}/imports`, { url });
  expect(preview).toMatchObject({
    outcome: 'preview',
    difference: { added: [], removed: [], changed: [], unchanged: 1 },
  });
});

it('a gate that nobody has told otherwise fetches from public machines only', async () => {
  const gate = await governedGate({ folder: temporaryFolder() });
  const { status, body } = await gate.ask(`${W}/imports`, { body: { url: 'http://127.0.0.1/swagger.json' } });
  expect([status, body['detail']]).toEqual([422, 'the document at 127.0.0.1 is not on the public internet']);
});
