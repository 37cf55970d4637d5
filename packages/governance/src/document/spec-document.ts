import { LineCounter, isCollection, isMap, isPair, isScalar, parseDocument, type Document, type Node } from 'yaml';

/** Counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A document as plain data that knows where its parts are written. */
export interface SpecDocument {
  /** What findings call it. */
  readonly file: string;
  readonly root: unknown;
  /** Of a key, or of an item of a list; of what is not there, its nearest parent. */
  placeOf(path: readonly (string | number)[]): Place;
}

/** The text cannot be read as a tree. */
export class UnreadableDocument extends Error {
  override readonly name = 'UnreadableDocument';
  readonly place: Place;

  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

/** YAML 1.2, and so JSON. Throws `UnreadableDocument`. */
export function parseSpec(text: string, file: string): SpecDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const [error] = document.errors;
  if (error !== undefined) throw new UnreadableDocument(error.message, placeAt(error.pos[0]));
  return { file, root: document.toJS({ maxAliasCount: 1000 }), placeOf: (path) => placeAt(offsetOf(document, path)) };
}

function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const step of path) {
    if (!isCollection(node)) break;
    const found: unknown = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      : node.items[Number(step)];
    const [key, value]: readonly unknown[] = isPair(found) ? [found.key, found.value] : [found, found];
    if (!isNode(key)) break;
    offset = key.range?.[0] ?? offset;
    node = isNode(value) ? value : null;
  }
  return offset;
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isCollection(value);
}
