import { dirname, isAbsolute, join, normalize } from 'node:path';
import { unescape } from 'node:querystring';
import type { Parsed } from '../forms/parsed.ts';
import { parsePathPattern } from '../forms/path-pattern.ts';
import { LineIndex } from '../problems/line-index.ts';
import { quote } from '../problems/nearest.ts';
import { Report, type Place } from '../problems/report.ts';
import { parseSource } from '../source/parse-source.ts';
import { childPath, entryOf, type MapEntry, type SourceNode } from '../source/source-node.ts';
import type { Compilation } from './compilation.ts';

export interface OpenApiDocument {
  readonly version: string | undefined;
  readonly operations: readonly Operation[];
  /** Nothing is there, rather than nothing right. */
  readonly empty: boolean;
  /** Named relative to the configuration, as `readText` takes it. */
  readonly source: { readonly file: string; readonly text: string };
}

export interface Operation {
  readonly report: Report;
  readonly place: Place;
  readonly method: string;
  /** Canonical, below the base path of the API. */
  readonly path: string;
}

/** The document that `holder.openapi` names; `undefined` when it cannot be used, which is reported. */
export type ReadDocument = (holder: object, file: string) => OpenApiDocument | undefined;

export interface DocumentReader {
  readonly read: ReadDocument;
  /** Any other file beside the configuration; throws when it cannot be read. */
  readonly readText: (file: string) => string;
  /** Of the documents that were read; their problems are in their own files. */
  readonly reports: readonly Report[];
}

interface ReaderOptions {
  /** The configuration file; documents are relative to it. */
  readonly file: string;
  readonly readText: ((path: string) => string) | undefined;
}

export function documentReader(
  { places, report }: Pick<Compilation, 'places' | 'report'>,
  options: ReaderOptions,
): DocumentReader {
  const reports: Report[] = [];
  // Two APIs may publish the same document; its problems are told once.
  const known = new Map<string, OpenApiDocument | undefined>();
  const read: ReadDocument = (holder, file) => {
    const path = beside(options.file, file);
    if (known.has(path)) return known.get(path);
    const result = /^[a-z]+:\/\//i.test(file)
      ? { wrong: '`openapi` is a URL, write the name of a file' }
      : readFile(path, { ...options, written: places.quote(holder, 'openapi') });
    if ('wrong' in result) {
      report.problem(places.at(holder, 'openapi'), result.wrong);
      return undefined;
    }
    const text = result.value;
    // Called as it is written: a name from the environment is not told.
    const own = new Report(beside(options.file, places.written(holder, 'openapi')), new LineIndex(text));
    reports.push(own);
    const document = parseSource(text, own);
    const operations = document && readOperations(document.root, own);
    const found = operations && { ...operations, source: { file: normalize(file), text } };
    known.set(path, found);
    return found;
  };
  const readText = (file: string): string => {
    if (options.readText === undefined) throw new Error('no files can be read here');
    return options.readText(beside(options.file, file));
  };
  return { read, readText, reports };
}

function beside(configFile: string, file: string): string {
  return isAbsolute(file) ? file : join(dirname(configFile), file);
}

function readFile(path: string, { readText, written }: ReaderOptions & { readonly written: string }): Parsed<string> {
  if (readText === undefined) return { wrong: '`openapi` cannot be used here, no files can be read' };
  try {
    return { value: readText(path) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'no reason';
    if (code === 'ENOENT') return { wrong: `there is no document ${written}, write its path relative to this file` };
    return { wrong: `the document ${written} cannot be read (${code}), check what it is and who may read it` };
  }
}

const METHODS: ReadonlySet<string> = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'query',
]);
const TOP = { offset: 0, path: '' };

function readOperations(root: SourceNode, report: Report): Omit<OpenApiDocument, 'source'> | undefined {
  if (entryOf(root, 'openapi') === undefined && entryOf(root, 'swagger') === undefined) {
    report.problem(TOP, 'this is not an OpenAPI document, it has no field `openapi`');
    return undefined;
  }
  const version = entryOf(entryOf(root, 'info')?.node, 'version')?.node;
  const paths = entryOf(root, 'paths');
  const entries = paths?.node.kind === 'map' ? paths.node.entries : [];
  const operations = entries.flatMap((entry) => readPath(entry, { root, report }));
  return {
    version: version?.kind === 'scalar' && version.text !== '' ? version.text : undefined,
    operations,
    empty: operations.length === 0 && report.count === 0,
  };
}

interface Context {
  readonly root: SourceNode;
  readonly report: Report;
}

function readPath(entry: MapEntry, { root, report }: Context): Operation[] {
  if (entry.key.startsWith('x-')) return [];
  const place = { offset: entry.keyOffset, path: childPath('paths', entry.key) };
  const pattern = parsePathPattern(entry.key);
  if ('wrong' in pattern) {
    report.problem(place, `${quote(entry.key)} ${pattern.wrong}`);
    return [];
  }
  const pathItem = resolvePathItem(entry.node, { root, report, place });
  if (pathItem?.kind !== 'map') return [];
  return pathItem.entries
    .filter(({ key }) => METHODS.has(key))
    .map(({ key, keyOffset }) => ({
      report,
      place: { offset: keyOffset, path: childPath(place.path, key) },
      method: key.toUpperCase(),
      path: pattern.value,
    }));
}

/** A path item may stand elsewhere in the document, and nowhere else. */
function resolvePathItem(
  node: SourceNode,
  { root, report, place }: Context & { readonly place: Place },
): SourceNode | undefined {
  const reference = entryOf(node, '$ref')?.node;
  if (reference === undefined) return node;
  const pointer = reference.kind === 'scalar' ? reference.text : '';
  let target: SourceNode | undefined = pointer.startsWith('#/') ? root : undefined;
  for (const part of pointer.slice(2).split('/')) {
    target = entryOf(target, unescape(part).replaceAll('~1', '/').replaceAll('~0', '~'))?.node;
  }
  if (target === undefined)
    report.problem(place, `${quote(pointer)} leads nowhere in this document, write the path out`);
  return target;
}
