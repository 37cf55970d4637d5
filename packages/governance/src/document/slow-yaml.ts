import { isAlias, isMap, isScalar, isSeq, parseDocument, visit, type Document } from 'yaml';
import { Mark } from './mark.ts';
import type { Tree } from './tree.ts';
import { DEPTH_MAX, tooDeep, UnreadableAt } from './unreadable-document.ts';

/** All of YAML 1.2, a second or more a megabyte. Throws `UnreadableAt`. */
export function readAnyYaml(text: string): Tree {
  const document = parsed(text);
  const [error] = document.errors;
  if (error !== undefined) throw new UnreadableAt(firstLine(error.message), error.pos[0]);
  const value = valueOf(document);
  requireNoCycle(value);
  return { value, mark: new Marks().of({ node: document.contents, keyAt: undefined }) };
}

function parsed(text: string): Document.Parsed {
  try {
    return parseDocument(text, { prettyErrors: false, stringKeys: true, merge: true });
  } catch (error) {
    // It calls itself for each level.
    if (error instanceof RangeError) throw tooDeep(0);
    throw new UnreadableAt(messageOf(error), 0);
  }
}

function valueOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 1000 });
  } catch (error) {
    throw new UnreadableAt(firstLine(messageOf(error)), lostAlias(document));
  }
}

/** Where the first alias of nothing stands, or 0. */
function lostAlias(document: Document.Parsed): number {
  const anchors = new Set<string>();
  let found: number | undefined;
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) {
        if (anchors.has(node.source)) return undefined;
        found = node.range?.[0];
        return visit.BREAK;
      }
      if ((isMap(node) || isSeq(node) || isScalar(node)) && node.anchor !== undefined) anchors.add(node.anchor);
      return undefined;
    },
  });
  return found ?? 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An alias may stand for what it is part of. Each part is seen once, so that shared parts cost nothing. */
function requireNoCycle(root: unknown): void {
  const above = new Set<unknown>();
  const done = new Set<unknown>();
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || done.has(value)) return;
    if (above.has(value)) throw new UnreadableAt('an alias leads to what it is part of', 0);
    if (above.size > DEPTH_MAX) throw tooDeep(0);
    above.add(value);
    for (const part of Object.values(value)) look(part);
    above.delete(value);
    done.add(value);
  };
  look(root);
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? '';
}

interface Spot {
  readonly node: unknown;
  readonly keyAt: number | undefined;
}

/** Marks every node once; aliases share the marks of what they stand for. */
class Marks {
  readonly #anchored = new Map<string, Mark>();
  #depth = 0;

  of({ node, keyAt }: Spot): Mark {
    const [at, end] = rangeOf(node) ?? [keyAt ?? 0, keyAt ?? 0];
    const mark = new Mark(keyAt ?? at, at);
    mark.end = end;
    if (isAlias(node)) {
      const made = this.#anchored.get(node.source);
      mark.names = made?.names;
      mark.parts = made?.parts;
      return mark;
    }
    if (++this.#depth > DEPTH_MAX) throw tooDeep(at);
    this.#parts(node, mark);
    this.#depth--;
    const anchor = isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchored.set(anchor, mark);
    return mark;
  }

  #parts(node: unknown, mark: Mark): void {
    if (isMap(node)) {
      mark.names = [];
      mark.parts = [];
      for (const { key, value } of node.items) {
        if (isScalar(key)) mark.add(String(key.value), this.of({ node: value, keyAt: rangeOf(key)?.[0] }));
      }
    } else if (isSeq(node)) mark.parts = node.items.map((item) => this.of({ node: item, keyAt: undefined }));
    else return;
    // A block ends with its last part; blanks and comments behind it are nobody's.
    const last = mark.parts?.at(-1);
    if (last !== undefined && node.flow !== true) mark.end = last.end;
  }
}

function rangeOf(node: unknown): readonly [number, number] | undefined {
  if (!isMap(node) && !isSeq(node) && !isScalar(node) && !isAlias(node)) return undefined;
  return node.range ? [node.range[0], node.range[1]] : undefined;
}
