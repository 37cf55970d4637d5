import type { FastifyInstance } from 'fastify';
import type { OpenApiDocument } from './openapi-document.ts';
import { Problem } from './problem.ts';
import type { Store } from './store.ts';

export interface ProbesOptions {
  readonly store: Store;
  readonly document: OpenApiDocument;
  readonly isDraining: () => boolean;
}

/** What operators and the gate read: is it alive, may it get traffic, what does it offer. */
export function registerProbes(app: FastifyInstance, options: ProbesOptions): void {
  app.get('/livez', () => ({ status: 'alive' }));
  app.get('/readyz', () => {
    if (options.isDraining()) throw new Problem('service.not_ready', { detail: 'The service is stopping.' });
    options.store.ping();
    return { status: 'ready' };
  });
  app.get('/openapi.yaml', (_request, reply) => reply.type('application/yaml').send(options.document.yaml));
  app.get('/openapi.json', (_request, reply) => reply.type('application/json').send(options.document.json));
}
