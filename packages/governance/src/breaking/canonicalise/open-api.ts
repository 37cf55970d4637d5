import { fieldOf, isObject, textOf } from './raw-value.ts';
import { SchemaNodes } from './schema-nodes.ts';
import { SecuritySchemes } from './security.ts';

/** A document that is to be compared cannot be. */
export class NotOpenApi extends Error {
  override readonly name = 'NotOpenApi';
}

/** One document, with what is made of it once. */
export interface OpenApi {
  readonly root: unknown;
  readonly nodes: SchemaNodes;
  readonly security: SecuritySchemes;
}

/** Throws `NotOpenApi`, which says what was found instead. */
export function openApiOf(root: unknown): OpenApi {
  if (!isObject(root)) throw new NotOpenApi(`the document is ${found(root)}, not an object; give an OpenAPI document`);
  const version = textOf(root['openapi']);
  if (version === undefined || !/^3\.\d/.test(version)) throw new NotOpenApi(wrongVersion(root, version));
  const nodes = new SchemaNodes(root);
  return { root, nodes, security: new SecuritySchemes(root, nodes.references) };
}

function wrongVersion(root: unknown, version: string | undefined): string {
  if (version !== undefined) return `OpenAPI ${version.slice(0, 20)} is not known here; 3.0, 3.1 and 3.2 are`;
  if (fieldOf(root, 'openapi') !== undefined) return 'openapi is not a text; write it as such, like "3.1.0"';
  if (fieldOf(root, 'swagger') !== undefined) return 'the document is Swagger 2.0; convert it to OpenAPI 3 first';
  if (fieldOf(root, 'asyncapi') !== undefined) return 'the document is AsyncAPI; give an OpenAPI document';
  return 'the document has no field openapi; give an OpenAPI document';
}

function found(root: unknown): string {
  if (root === null || root === undefined) return 'empty';
  return Array.isArray(root) ? 'a list' : `a ${typeof root}`;
}
