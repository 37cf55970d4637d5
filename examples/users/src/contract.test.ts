import { fullFormats } from 'ajv-formats/dist/formats.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { Contract } from './contract.ts';
import { DocumentNode } from './document-node.ts';
import { type Fields, isFields } from './fields.ts';
import { SchemaCompiler } from './schema-compiler.ts';
import { contract, document } from './testkit/test-service.ts';

const root = DocumentNode.root(document.content);
const compiler = new SchemaCompiler(document.content);

/** Every object in the document, by JSON pointer, references left as they are. */
function* walk(value: unknown, pointer = ''): Generator<readonly [string, Fields]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* walk(item, `${pointer}/${index}`);
  }
  if (!isFields(value)) return;
  yield [pointer, value];
  for (const [key, member] of Object.entries(value)) {
    yield* walk(member, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}

const places = [...walk(document.content)];

describe('the operations', () => {
  it('are those that the service is for', () => {
    expect(contract.operations.map(({ id, method, path }) => `${id} ${method} ${path}`)).toEqual([
      'listUsers GET /users',
      'createUser POST /users',
      'getUser GET /users/{id}',
      'replaceUser PUT /users/{id}',
      'deleteUser DELETE /users/{id}',
    ]);
  });

  it('are found by concrete path', () => {
    expect(contract.at('/users').map(({ id }) => id)).toEqual(['listUsers', 'createUser']);
    expect(contract.at('/users/usr_1').map(({ id }) => id)).toEqual(['getUser', 'replaceUser', 'deleteUser']);
    expect(['/', '/users/', '/users/a/b', '/usersx'].flatMap((path) => contract.at(path))).toEqual([]);
  });

  it('say what they understand and what they offer', () => {
    const shapes = contract.operations.map((operation) => [operation.understands, operation.replies.offered]);
    const json = ['application/json'];
    expect(shapes).toEqual([
      [[], json],
      [json, json],
      [[], json],
      [json, json],
      [[], []],
    ]);
  });

  it('are refused when the document does not name them', () => {
    expect(() => new Contract({ paths: { '/a': { get: { responses: {} } } } })).toThrow('operationId is missing');
  });
});

describe('the document', () => {
  it('has schemas that the meta-schema allows', () => {
    const ajv = new Ajv2020({ strict: false, formats: fullFormats });
    const schemas = places.filter(([pointer]) => /\/schema$|\/components\/schemas\/[^/]+$/.test(pointer));
    expect(schemas.length).toBeGreaterThan(20);
    for (const [pointer, schema] of schemas) expect(ajv.validateSchema(schema), pointer).toBe(true);
  });

  it('has examples that fit their schemas', () => {
    const examples = places.flatMap(([pointer]) => {
      const holder = nodeAt(pointer);
      const schema = holder?.child('schema');
      if (schema === undefined) return [];
      return (holder?.child('examples')?.children() ?? []).map(([, example]) => ({ pointer, schema, example }));
    });
    expect(examples.length).toBeGreaterThan(20);
    for (const { pointer, schema, example } of examples) {
      expect(compiler.value(schema)(example.value['value']), pointer).toEqual([]);
    }
  });

  it('has property examples that fit', () => {
    const schemas = places.filter(([, { examples, type }]) => type !== undefined && Array.isArray(examples));
    expect(schemas.length).toBeGreaterThan(10);
    for (const [pointer, schema] of schemas) {
      const node = nodeAt(pointer);
      const examples: readonly unknown[] = Array.isArray(schema['examples']) ? schema['examples'] : [];
      for (const example of examples) expect(node && compiler.value(node)(example), pointer).toEqual([]);
    }
  });

  it('bounds every string, list and integer', () => {
    for (const [pointer, schema] of places.filter(([, { type }]) => type !== undefined)) {
      const types = new Set([schema['type']].flat());
      if (types.has('string')) expect(schema['maxLength'] ?? schema['const'], pointer).toBeDefined();
      if (types.has('array')) expect(schema['maxItems'], pointer).toBeDefined();
      if (types.has('integer')) expect(schema, pointer).toMatchObject({ format: 'int32', maximum: expect.any(Number) });
    }
  });

  it('describes every parameter, header, reply, operation and property', () => {
    const described =
      /\/(?:parameters|headers|responses|properties|schemas)\/[^/]+$|\/paths\/[^/]+\/(?:get|put|post|delete)$/;
    for (const [pointer, value] of places) {
      if (described.test(pointer) && value['$ref'] === undefined) {
        expect(value['description'], pointer).toEqual(expect.any(String));
      }
    }
  });

  it('has one described tag and a short summary for each operation', () => {
    for (const { id, method, path } of contract.operations) {
      const operation = root.child('paths')?.child(path)?.child(method.toLowerCase());
      expect(operation?.value, id).toMatchObject({ tags: ['users'], summary: expect.stringMatching(/^.{1,60}[^.]$/) });
    }
  });

  it('answers errors as problems only', () => {
    for (const { path, method } of contract.operations) {
      const replies =
        root.child('paths')?.child(path)?.child(method.toLowerCase())?.child('responses')?.children() ?? [];
      const errors = replies.filter(([status]) => Number(status) >= 400);
      for (const [status, reply] of errors) {
        const types = reply
          .child('content')
          ?.children()
          .map(([type]) => type);
        expect(types, `${method} ${path} ${status}`).toEqual(['application/problem+json']);
      }
      expect(errors.map(([status]) => status)).toEqual(
        expect.arrayContaining(['400', '401', '403', '429', '500', '503']),
      );
    }
  });

  it('uses snake case for every property', () => {
    const properties = places.filter(([pointer]) => pointer.endsWith('/properties'));
    const names = properties.flatMap(([, value]) => Object.keys(value));
    expect(names.filter((name) => !/^[a-z]+(?:_[a-z]+)*$/.test(name))).toEqual([]);
  });

  it('has no component that nothing refers to', () => {
    const used = new Set(places.flatMap(([, { $ref }]) => (typeof $ref === 'string' ? [$ref.slice(1)] : [])));
    const components = places
      .map(([pointer]) => pointer)
      .filter((pointer) => /^\/components\/[^/]+\/[^/]+$/.test(pointer));
    const unused = components.filter((pointer) => !used.has(pointer) && !pointer.includes('securitySchemes'));
    expect(unused).toEqual([]);
  });
});

function nodeAt(pointer: string): DocumentNode | undefined {
  let node: DocumentNode | undefined = root;
  for (const key of pointer.split('/').slice(1)) {
    const name: string = key.replaceAll('~1', '/').replaceAll('~0', '~');
    node = node?.child(name);
  }
  return node;
}
