import type { DocumentNode } from './document-node.ts';
import { DocumentedReplies } from './documented-replies.ts';
import { Parameters } from './parameters.ts';
import type { Check, SchemaCompiler } from './schema-compiler.ts';

export interface OperationSource {
  readonly path: string;
  readonly method: string;
  readonly pathItem: DocumentNode;
  readonly node: DocumentNode;
  readonly compiler: SchemaCompiler;
}

/** One operation of the document: what it takes and what it may answer. */
export class Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: Parameters;
  /** Undefined when the operation takes no body. */
  readonly checkBody: Check | undefined;
  /** Media types of bodies that the operation understands. */
  readonly understands: readonly string[];
  readonly replies: DocumentedReplies;
  readonly #pattern: RegExp;

  constructor(source: OperationSource) {
    const { path, method, pathItem, node, compiler } = source;
    this.id = node.text('operationId');
    this.method = method.toUpperCase();
    this.path = path;
    this.parameters = new Parameters([...pathItem.items('parameters'), ...node.items('parameters')], compiler);
    const content = node.child('requestBody')?.child('content')?.children() ?? [];
    const schema = content[0]?.[1].child('schema');
    this.checkBody = schema === undefined ? undefined : compiler.value(schema);
    this.understands = content.map(([mediaType]) => mediaType);
    this.replies = new DocumentedReplies(node.child('responses')?.children() ?? [], compiler);
    this.#pattern = new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
  }

  matches(path: string): boolean {
    return this.#pattern.test(path);
  }
}
