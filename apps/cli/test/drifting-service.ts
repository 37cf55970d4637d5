import http from 'node:http';
import { onTestFinished } from 'vitest';
import { listenSomewhere } from './stub-upstream.ts';

/** A document, and a service that keeps to it but for what each of its seeds says. */
export const SHOP = `# The shop, as it was meant.
openapi: 3.1.0
info: { title: Shop, version: 1.0.0 }
security: [ { token: [] } ]
paths:
  /things:
    get:
      parameters:
        - { name: order, in: query, schema: { type: string, enum: [name, price] } }
        - { name: page, in: query, schema: { type: integer } }
      responses:
        '200':
          description: Things # all of them
          content:
            application/json:
              schema:
                type: array
                items: { $ref: '#/components/schemas/Thing' }
    post:
      requestBody:
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Thing' }
      responses:
        '201': { description: Made }
  /things/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } }
    get:
      responses:
        '200':
          description: A thing
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Thing' }
        '404': { description: None }
  /never:
    get:
      security: []
      responses: { '200': { description: Nobody calls it } }
components:
  securitySchemes:
    token: { type: http, scheme: bearer }
  schemas:
    # What is sold.
    Thing:
      type: object
      required: [id, name]
      properties:
        id: { type: string }
        name: { type: string, maxLength: 10 }
        state:
          type: string
          enum:
            - new
            - sold
        # Nobody sends it.
        weight: { type: number }
`;

type Fields = Readonly<Record<string, string>>;

export interface Seed {
  /** What deviates, and the finding that tells of it: its kind and place. */
  readonly found: string;
  readonly call: (url: string, headers: Fields) => Promise<Response>;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const get =
  (path: string): Seed['call'] =>
  async (url, headers) =>
    fetch(url + path, { headers });
const post =
  (body: string, type = 'application/json'): Seed['call'] =>
  async (url, headers) =>
    fetch(`${url}/things`, { method: 'POST', body, headers: { ...headers, 'content-type': type } });

/** One for each kind of deviation, each seen alone. */
export const SEEDS: readonly Seed[] = [
  { found: 'GET /things/{id} unknown-field reply 200 application/json /colour', call: get('/things/colour') },
  {
    found: 'POST /things unknown-field request application/json /colour',
    call: post('{"id":"1","name":"a","colour":1}'),
  },
  { found: 'GET /things/{id} missing-required reply 200 application/json /name', call: get('/things/nameless') },
  { found: 'GET /things/{id} type reply 200 application/json /name', call: get('/things/numbered') },
  { found: 'GET /things/{id} constraint reply 200 application/json /name', call: get('/things/long') },
  { found: 'GET /things/{id} enum-value reply 200 application/json /state', call: get('/things/lost') },
  { found: 'GET /things enum-value query order', call: get('/things?order=weight') },
  { found: 'GET /things undeclared-parameter query debug', call: get('/things?debug=1') },
  { found: 'GET /things/{id} undeclared-status reply 410 application/json', call: get('/things/gone') },
  { found: 'GET /things/{id} undeclared-content-type reply 200 text/csv', call: get('/things/csv') },
  { found: 'POST /things undeclared-content-type request text/plain', call: post('a', 'text/plain') },
];

const GOOD = { id: '1', name: 'a', state: 'new' };

const THINGS: Readonly<Record<string, { readonly status?: number; readonly body: unknown }>> = {
  colour: { body: { ...GOOD, colour: { red: 1 } } },
  nameless: { body: { id: '1' } },
  numbered: { body: { ...GOOD, name: 7 } },
  long: { body: { ...GOOD, name: 'much too long' } },
  lost: { body: { ...GOOD, state: 'lost' } },
  gone: { status: 410, body: { since: 'yesterday' } },
};

/** Its address. */
export async function driftingService(): Promise<string> {
  const server = http.createServer((request, response) => {
    request.resume();
    const name = /^\/things\/([a-z]+)/.exec(request.url ?? '')?.[1];
    const thing = name === undefined || !Object.hasOwn(THINGS, name) ? undefined : THINGS[name];
    if (request.method === 'POST') response.writeHead(201).end();
    else if (name === 'csv') response.writeHead(200, { 'content-type': 'text/csv' }).end('a,b');
    else if (name === 'none') response.writeHead(404).end();
    else if (name === undefined)
      answer(response, 200, request.url?.startsWith('/things') === true ? [GOOD] : { ok: true });
    else answer(response, thing?.status ?? 200, thing?.body ?? GOOD);
  });
  const port = await listenSomewhere(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${port}`;
}

function answer(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, JSON_TYPE).end(JSON.stringify(body));
}
