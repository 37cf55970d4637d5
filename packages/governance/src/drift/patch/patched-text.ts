import { stringify } from 'yaml';
import type { Path } from '../../document/json-value.ts';
import { parseSpec, UnreadableDocument, type SpecDocument } from '../../document/spec-document.ts';
import { mapOf } from '../../tree/json-tree.ts';
import { flowText, jsonText } from './flow-text.ts';

/** New members of a map, or items of a list. */
interface Growth {
  readonly path: Path;
  readonly added: readonly (readonly [key: string | undefined, value: unknown])[];
}

interface Edit {
  readonly at: number;
  readonly text: string;
  readonly depth: number;
}

/**
 * The text of a document that has grown: all that was written stays as it was, what is new stands behind it. Where a
 * text is written in a way that this cannot be done, it is written anew, without its comments.
 */
export function patchedText(spec: SpecDocument, grown: unknown): string {
  const growths: Growth[] = [];
  collect(spec.root, grown, { path: [], growths });
  const edits = growths.map((growth) => editFor(spec, growth));
  const text = edits.includes(undefined)
    ? undefined
    : applied(
        spec.text,
        edits.flatMap((edit) => edit ?? []),
      );
  if (text !== undefined && saysTheSame(text, spec.file, grown)) return text;
  return isJson(spec.text) ? `${JSON.stringify(grown, null, 2)}\n` : stringify(grown, YAML);
}

const YAML = { aliasDuplicateObjects: false, lineWidth: 0, singleQuote: true } as const;

function saysTheSame(text: string, file: string, grown: unknown): boolean {
  try {
    return JSON.stringify(parseSpec(text, file).root) === JSON.stringify(grown);
  } catch (error) {
    if (error instanceof UnreadableDocument) return false;
    throw error;
  }
}

interface Collecting {
  readonly path: Path;
  readonly growths: Growth[];
}

/** What has not changed is the same object. */
function collect(old: unknown, grown: unknown, { path, growths }: Collecting): void {
  if (old === grown) return;
  if (Array.isArray(old) && Array.isArray(grown)) {
    for (const [index, item] of old.entries()) collect(item, grown[index], { path: [...path, index], growths });
    const added = grown.slice(old.length).map((value: unknown) => [undefined, value] as const);
    if (added.length > 0) growths.push({ path, added });
    return;
  }
  const [before, after] = [mapOf(old), mapOf(grown)];
  if (before === undefined || after === undefined) return;
  const added: (readonly [string, unknown])[] = [];
  for (const [key, value] of Object.entries(after)) {
    if (Object.hasOwn(before, key)) collect(before[key], value, { path: [...path, key], growths });
    else added.push([key, value]);
  }
  if (added.length > 0) growths.push({ path, added });
}

function applied(text: string, edits: readonly Edit[]): string {
  // Of two at one place, what stands further in comes first.
  const inOrder = edits.toSorted((a, b) => a.at - b.at || b.depth - a.depth);
  let result = '';
  let from = 0;
  for (const edit of inOrder) {
    result += text.slice(from, edit.at) + edit.text;
    from = edit.at;
  }
  return result + text.slice(from);
}

function editFor(spec: SpecDocument, growth: Growth): Edit | undefined {
  const { text } = spec;
  const span = spec.spanOf(growth.path);
  if (span === undefined) return undefined;
  const { start, end } = span;
  const first = text.charAt(start);
  if (/[&*!]/.test(first)) return undefined;
  return first === '{' || first === '['
    ? flowEdit(text, { start, end }, growth)
    : blockEdit(text, { start, end }, growth);
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** On lines of their own behind the last one. */
function blockEdit(text: string, { start, end }: Place, { path, added }: Growth): Edit {
  const indent = ' '.repeat(columnOf(text, start));
  const lines = added.flatMap(([key, value]) => {
    const written = stringify(key === undefined ? [value] : { [key]: value }, YAML);
    return written.trimEnd().split('\n');
  });
  const block = lines.map((line) => (line === '' ? '\n' : `${indent}${line}\n`)).join('');
  const at = text.charAt(end - 1) === '\n' ? end : lineEnd(text, end);
  const isLineOpen = at > 0 && text.charAt(at - 1) !== '\n';
  return { at, text: isLineOpen ? `\n${block}` : block, depth: path.length };
}

/** In front of the bracket that ends it. */
function flowEdit(text: string, { start, end }: Place, { path, added }: Growth): Edit {
  const inside = text.slice(start + 1, end - 1);
  const kept = inside.trimEnd();
  const at = start + 1 + kept.length;
  const write = isJson(text) ? jsonText : flowText;
  const isWide = /^\s*\n/.test(inside);
  const space = isWide ? (/^\s*/.exec(inside)?.[0] ?? '') : ' ';
  const indent = isWide ? space.slice(space.lastIndexOf('\n') + 1) : undefined;
  const members = added.map(([key, value]) => write(key, value, indent));
  const isEmpty = kept.trim() === '';
  const pad = isEmpty ? (isJson(text) || text.charAt(start) === '[' ? '' : ' ') : space;
  const opening = isEmpty || kept.endsWith(',') ? pad : `,${pad}`;
  return { at, text: opening + members.join(`,${isWide ? space : ' '}`) + (isEmpty ? pad : ''), depth: path.length };
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end + 1;
}

function isJson(text: string): boolean {
  return /^\u{feff}?\s*[{[]/u.test(text);
}
