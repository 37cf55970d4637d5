import { type Fields, isFields } from './fields.ts';

/** A place in the OpenAPI document. Children are reached through `$ref`, and every place knows its JSON pointer. */
export class DocumentNode {
  readonly pointer: string;
  readonly value: Fields;
  readonly #root: Fields;

  private constructor(root: Fields, pointer: string, value: Fields) {
    this.#root = root;
    this.pointer = pointer;
    this.value = value;
  }

  static root(document: Fields): DocumentNode {
    return new DocumentNode(document, '', document);
  }

  /** The object under `key`, or undefined when there is none. Throws on a `$ref` that leads nowhere. */
  child(key: string): DocumentNode | undefined {
    const value = Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    if (!isFields(value)) return undefined;
    return new DocumentNode(this.#root, `${this.pointer}/${escape(key)}`, value).#followed();
  }

  children(): readonly (readonly [key: string, node: DocumentNode])[] {
    return Object.keys(this.value).flatMap((key): [string, DocumentNode][] => {
      const node = this.child(key);
      return node === undefined ? [] : [[key, node]];
    });
  }

  /** The objects of the list under `key`. */
  items(key: string): readonly DocumentNode[] {
    const list = this.value[key];
    if (!Array.isArray(list)) return [];
    const node = new DocumentNode(this.#root, `${this.pointer}/${escape(key)}`, Object.fromEntries(list.entries()));
    return node.children().map(([, item]) => item);
  }

  text(key: string): string {
    const value = this.value[key];
    if (typeof value === 'string') return value;
    throw new Error(`openapi document: ${this.pointer}/${escape(key)} is missing`);
  }

  #followed(): DocumentNode {
    const reference = this.value['$ref'];
    if (typeof reference !== 'string') return this;
    let node: DocumentNode | undefined = DocumentNode.root(this.#root);
    for (const key of reference.replace(/^#\//, '').split('/')) node = node?.child(unescape(key));
    if (node === undefined)
      throw new Error(`openapi document: ${this.pointer} refers to ${reference}, which is missing`);
    return node;
  }
}

function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function unescape(key: string): string {
  return key.replaceAll('~1', '/').replaceAll('~0', '~');
}
