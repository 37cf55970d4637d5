import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { DocumentedClient } from './documented-client.ts';
import { contract, document } from './test-service.ts';

/** A client of a service that answers everything in the same way. */
function clientOf(status: number, type: string, body: unknown): DocumentedClient {
  const app = Fastify();
  app.all('/*', (_request, reply) => reply.code(status).type(type).send(JSON.stringify(body)));
  return new DocumentedClient({ app, contract, document: document.content });
}

const PROBLEM = { type: 'about:blank', title: 'No', status: 404, code: 'request.not_found' };

describe('the client of the tests', () => {
  it('takes a reply that the document allows', async () => {
    const page = { items: [], next_cursor: null };
    const reply = await clientOf(200, 'application/json', page).send({ url: '/users' });
    expect(reply).toMatchObject({ status: 200, body: page });
  });

  it.each([
    ['a status', 418, 'application/json', {}, 'status 418 is not documented'],
    ['a content type', 200, 'text/json', {}, 'content type text/json is not documented'],
    ['a body', 200, 'application/json', { items: [] }, 'body /next_cursor is required'],
  ])('throws on %s that it does not', async (_what, status, type, body, message) => {
    await expect(clientOf(status, type, body).send({ url: '/users' })).rejects.toThrow(message);
  });

  it('expects problems where there is no operation', async () => {
    const url = '/people';
    expect(await clientOf(404, 'application/problem+json', PROBLEM).send({ url })).toMatchObject({ status: 404 });
    await expect(clientOf(404, 'application/json', PROBLEM).send({ url })).rejects.toThrow('outside of the document');
    await expect(clientOf(404, 'application/problem+json', {}).send({ url })).rejects.toThrow('/code is required');
  });
});
