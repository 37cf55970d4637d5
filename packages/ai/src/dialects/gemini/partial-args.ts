import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { isList } from './camel-fields.ts';

type Node = Json | Branch;
interface Branch {
  readonly members: Map<string | number, Node>;
  readonly list: boolean;
}

/**
 * Arguments of a call that arrive in pieces, each for a place that a JSON path names (RFC 9535, only what names one
 * place). Strings of one place continue each other as long as they say so; all else is written over.
 */
export class PartialArgs {
  readonly #root: Branch = { members: new Map(), list: false };
  /** Paths whose string goes on. */
  readonly #open = new Set<string>();
  #steps = 0;

  constructor(args: Json | undefined) {
    for (const [name, value] of Object.entries(isJsonFields(args) ? args : {})) this.#root.members.set(name, value);
  }

  add(pieces: Json | undefined): void {
    for (const piece of isList(pieces) ? pieces : []) if (isJsonFields(piece)) this.#addPiece(piece);
  }

  toJson(): string {
    return textOf(this.#root);
  }

  #addPiece(piece: JsonFields): void {
    const value = valueOf(piece);
    const { jsonPath, willContinue } = piece;
    const path = typeof jsonPath === 'string' ? readPath(jsonPath) : undefined;
    const last = path?.at(-1);
    if (value === undefined || typeof jsonPath !== 'string' || path === undefined || last === undefined) return;
    const place = this.#branchAt(path);
    if (place === undefined || !this.#admits(place, last)) return;
    const before = place.members.get(last);
    const goesOn = typeof value === 'string' && typeof before === 'string' && this.#open.has(jsonPath);
    place.members.set(last, goesOn ? before + value : value);
    if (willContinue === true) this.#open.add(jsonPath);
    else this.#open.delete(jsonPath);
  }

  /** The object or list that holds the last step of a path, made where it is missing. */
  #branchAt(path: readonly (string | number)[]): Branch | undefined {
    let branch = this.#root;
    for (let at = 0; at + 1 < path.length; at++) {
      const step = path[at] ?? '';
      if (!this.#admits(branch, step)) return undefined;
      const found = branch.members.get(step);
      const next = isBranch(found)
        ? found
        : { members: new Map<string | number, Node>(), list: typeof path[at + 1] === 'number' };
      branch.members.set(step, next);
      branch = next;
    }
    return branch;
  }

  /** A place of the wrong kind, or one that would fill memory, is none. */
  #admits(branch: Branch, step: string | number): boolean {
    if (branch.list !== (typeof step === 'number')) return false;
    if (typeof step === 'number' && step > branch.members.size + GAP_MAX) return false;
    return ++this.#steps < STEPS_MAX;
  }
}

const GAP_MAX = 64;
const STEPS_MAX = 1_000_000;
const PATH_CHARS_MAX = 4096;

function isBranch(node: Node | undefined): node is Branch {
  return typeof node === 'object' && node !== null && 'members' in node && node.members instanceof Map;
}

function valueOf(piece: JsonFields): Json | undefined {
  for (const name of ['stringValue', 'numberValue', 'boolValue']) {
    const value = piece[name];
    if (value !== undefined && value !== null) return value;
  }
  return 'nullValue' in piece ? null : undefined;
}

function textOf(node: Node): string {
  if (!isBranch(node)) return JSON.stringify(node);
  if (!node.list) {
    const members = [...node.members].map(([name, value]) => `${JSON.stringify(String(name))}:${textOf(value)}`);
    return `{${members.join()}}`;
  }
  const last = Math.max(-1, ...[...node.members.keys()].map(Number));
  return `[${Array.from({ length: last + 1 }, (_, at) => textOf(node.members.get(at) ?? null)).join()}]`;
}

/** `$.a.b[0]['c']`; undefined for what names no single place. */
function readPath(path: string): readonly (string | number)[] | undefined {
  if (path.length > PATH_CHARS_MAX || !path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  let at = 1;
  while (at < path.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (match === null || steps.length >= DEPTH_MAX) return undefined;
    const [whole, name, index, double, single] = match;
    steps.push(index === undefined ? (name ?? unquoted(double, '"') ?? unquoted(single, "'") ?? '') : Number(index));
    at += whole.length;
  }
  return steps;
}

const DEPTH_MAX = 64;
const STEP = /\.([^.[\]'"\s]+)|\[(\d{1,9})\]|\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\]/y;

function unquoted(text: string | undefined, quote: string): string | undefined {
  if (text === undefined) return undefined;
  const json = quote === '"' ? text : text.replaceAll("\\'", "'").replace(/(?<!\\)"/g, '\\"');
  try {
    const parsed: unknown = JSON.parse(`"${json}"`);
    return typeof parsed === 'string' ? parsed : text;
  } catch {
    return text;
  }
}
