import type { FastifyInstance } from 'fastify';
import type { Contract } from '../contract.ts';
import { DocumentNode } from '../document-node.ts';
import { type Fields, fields } from '../fields.ts';
import { type Check, SchemaCompiler } from '../schema-compiler.ts';

export interface TestRequest {
  /** GET unless said otherwise. */
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text or bytes. */
  readonly body?: unknown;
}

export interface TestReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Empty when the reply has no body. */
  readonly body: Fields;
}

export interface DocumentedClientOptions {
  readonly app: FastifyInstance;
  readonly contract: Contract;
  readonly document: Fields;
}

/** Sends requests, and throws on every reply that the OpenAPI document does not allow. */
export class DocumentedClient {
  readonly #app: FastifyInstance;
  readonly #contract: Contract;
  readonly #checkProblem: Check;

  constructor({ app, contract, document }: DocumentedClientOptions) {
    this.#app = app;
    this.#contract = contract;
    this.#checkProblem = checkOfProblem(document);
  }

  async send({ method = 'GET', url, headers = {}, body }: TestRequest): Promise<TestReply> {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const payload = body === undefined ? {} : { payload: isRaw ? body : JSON.stringify(body) };
    const reply = await this.#app.inject({
      method: methodOf(method),
      url,
      headers: { ...type, ...headers },
      ...payload,
    });
    const sent = {
      status: reply.statusCode,
      headers: reply.headers,
      body: reply.payload === '' ? undefined : fields(JSON.parse(reply.payload)),
    };
    const differences = this.#differences(method, url, sent);
    if (differences.length > 0) throw new Error(`${method} ${url}: ${differences.join('; ')} ${reply.payload}`);
    return { ...sent, body: sent.body ?? {} };
  }

  #differences(method: string, url: string, sent: Omit<TestReply, 'body'> & { readonly body: unknown }): Differences {
    // A HEAD reply is that of GET without its body, so there is nothing to hold against a schema.
    if (method === 'HEAD') return [];
    const [path = ''] = url.split('?');
    const operation = this.#contract.at(path).find((candidate) => candidate.method === method);
    if (operation !== undefined) return operation.replies.differences(sent);
    const type = String(sent.headers['content-type']);
    if (!type.startsWith('application/problem+json')) return [`content type ${type} outside of the document`];
    return this.#checkProblem(sent.body).map((fault) => `${fault.pointer ?? ''} ${fault.detail}`);
  }
}

const METHODS: readonly Method[] = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'];

function methodOf(name: string): Method {
  const method = METHODS.find((candidate) => candidate === name);
  if (method === undefined) throw new Error(`not a method that tests use: ${name}`);
  return method;
}

type Method = 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'PATCH' | 'OPTIONS';
type Differences = readonly string[];

function checkOfProblem(document: Fields): Check {
  const schema = DocumentNode.root(document).child('components')?.child('schemas')?.child('Problem');
  if (schema === undefined) throw new Error('the document has no Problem schema');
  return new SchemaCompiler(document).value(schema);
}
