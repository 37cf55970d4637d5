import { DocumentNode } from './document-node.ts';
import type { Fields } from './fields.ts';
import { Operation } from './operation.ts';
import { SchemaCompiler } from './schema-compiler.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** The operations of the OpenAPI document with their checks compiled. Throws when the document is broken. */
export class Contract {
  readonly operations: readonly Operation[];

  constructor(document: Fields) {
    const compiler = new SchemaCompiler(document);
    const paths = DocumentNode.root(document).child('paths')?.children() ?? [];
    this.operations = paths.flatMap(([path, pathItem]) =>
      METHODS.flatMap((method) => {
        const node = pathItem.child(method);
        return node === undefined ? [] : [new Operation({ path, method, pathItem, node, compiler })];
      }),
    );
  }

  /** The operations of a concrete path, whatever their method. */
  at(path: string): readonly Operation[] {
    return this.operations.filter((operation) => operation.matches(path));
  }
}
