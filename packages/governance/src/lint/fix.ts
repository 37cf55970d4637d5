import { isObject, pathOf, valueAt, type JsonObject, type Path } from '../document/json-value.ts';
import type { SpecDocument } from '../document/spec-document.ts';
import type { Finding } from './finding.ts';

/** Fields that a finding may be mended with: they say what was meant without them. */
type Additions = Readonly<Record<string, string | boolean>>;

/** By rule. Only what changes nothing for callers is mended by a program. */
const FIXES: Readonly<Record<string, (node: JsonObject) => Additions | undefined>> = {
  C06: (node) => (node['in'] === 'path' && node['required'] === undefined ? { required: true } : undefined),
  C23: serialization,
};

/** What OpenAPI takes for written (section Parameter Object, `style` and `explode`). */
const DEFAULT_STYLES: Readonly<Record<string, string>> = {
  query: 'form',
  cookie: 'form',
  path: 'simple',
  header: 'simple',
};

function serialization(node: JsonObject): Additions | undefined {
  const place = typeof node['in'] === 'string' ? node['in'] : '';
  const style = node['style'] ?? (Object.hasOwn(DEFAULT_STYLES, place) ? DEFAULT_STYLES[place] : undefined);
  if (typeof style !== 'string') return undefined;
  return {
    ...(node['style'] === undefined ? { style } : {}),
    ...(node['explode'] === undefined ? { explode: style === 'form' } : {}),
  };
}

/** The ids of rules that can be mended. */
export const FIXABLE: readonly string[] = Object.keys(FIXES);

interface Edit {
  readonly at: number;
  readonly text: string;
}

/** The text with what can be mended mended, layout and comments as they were; undefined where nothing can. */
export function fixedText(document: SpecDocument, findings: readonly Finding[]): string | undefined {
  const edits = new Map<number, Edit>();
  for (const { rule, path: pointer } of findings) {
    const path = pathOf(pointer);
    const node = path && valueAt(document.root, path);
    const fix = Object.hasOwn(FIXES, rule) ? FIXES[rule] : undefined;
    const additions = isObject(node) ? fix?.(node) : undefined;
    const edit = path && additions && editFor(document, path, additions);
    if (edit !== undefined) edits.set(edit.at, edit);
  }
  if (edits.size === 0) return undefined;
  const inOrder = [...edits.values()].toSorted((a, b) => a.at - b.at);
  let text = '';
  let from = 0;
  for (const edit of inOrder) {
    text += document.text.slice(from, edit.at) + edit.text;
    from = edit.at;
  }
  return text + document.text.slice(from);
}

/** In front of the first field of a map, in the style of the map. */
function editFor(document: SpecDocument, path: Path, additions: Additions): Edit | undefined {
  const { text } = document;
  const span = document.spanOf(path);
  if (span === undefined) return undefined;
  const entries = Object.entries(additions);
  const anchor = /&[\w.-]+ +(?=\{)/y;
  anchor.lastIndex = span.start;
  const start = span.start + (anchor.exec(text)?.[0].length ?? 0);
  if (text.charAt(start) === '{') return { at: start + 1, text: inBraces(entries, text, start + 1) };
  // Something else than the map itself stands here.
  if (/[&*!]/.test(text.charAt(start))) return undefined;
  const indent = ' '.repeat(columnOf(text, start));
  return { at: start, text: entries.map(([name, value]) => `${name}: ${String(value)}\n${indent}`).join('') };
}

function columnOf(text: string, at: number): number {
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

/** Behind the brace, with the blanks or breaks that stand there before the first field. */
function inBraces(entries: readonly (readonly [string, string | boolean])[], text: string, at: number): string {
  const isJson = /^\s*[{[]/.test(text);
  const fields = entries.map(([name, value]) => {
    return isJson ? `${JSON.stringify(name)}: ${JSON.stringify(value)}` : `${name}: ${String(value)}`;
  });
  const blanks = /\s*/y;
  blanks.lastIndex = at;
  const space = blanks.exec(text)?.[0] ?? '';
  return space === '' ? `${fields.join(', ')}, ` : fields.map((field) => `${space}${field},`).join('');
}
