import { isAlias, isMap, isScalar, isSeq, type Alias, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import { quote } from '../problems/nearest.ts';
import type { Place, Report } from '../problems/report.ts';
import type { SourceDocument } from './parse-source.ts';
import { childPath, type MapEntry, type ScalarNode, type SourceNode } from './source-node.ts';

export function buildSourceTree(root: ParsedNode | null, report: Report): SourceDocument {
  const builder = new TreeBuilder(report);
  const node = builder.build(root, { offset: 0, path: '' });
  return { root: node, size: builder.size };
}

/** Walks once in the order of the text: an alias means the last anchor of its name in front of it. */
class TreeBuilder {
  size = 0;
  readonly #report: Report;
  readonly #anchors = new Map<string, SourceNode | 'unfinished'>();

  constructor(report: Report) {
    this.#report = report;
  }

  build(node: ParsedNode | null, spot: Place): SourceNode {
    this.size++;
    if (node === null) return nothing(spot.offset);
    const here = { path: spot.path, offset: node.range[0] };
    if (isAlias(node)) return this.#target(node, here);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, 'unfinished');
    const built = this.#content(node, here);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, built);
    return built;
  }

  #content(node: Exclude<ParsedNode, Alias.Parsed>, here: Place): SourceNode {
    if (isMap(node)) return { kind: 'map', offset: here.offset, entries: this.#entries(node, here) };
    if (isSeq(node)) {
      const items = node.items.map((item, index) => this.build(item, { ...here, path: childPath(here.path, index) }));
      return { kind: 'list', offset: here.offset, items };
    }
    return scalar(node, here.offset);
  }

  #entries(map: YAMLMap.Parsed, here: Place): MapEntry[] {
    const lines = new Map<string, number>();
    const entries: MapEntry[] = [];
    for (const pair of map.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
      if (key === undefined) continue;
      const spot = { offset: pair.key.range[0], path: childPath(here.path, key) };
      const line = lines.get(key);
      if (line !== undefined) {
        this.#report.problem(spot, `${quote(key)} is written twice, it is in line ${line} already`);
      }
      lines.set(key, line ?? this.#report.line(spot));
      const keyNode = this.build(pair.key, spot);
      entries.push({ key, keyOffset: keyNode.offset, node: this.build(pair.value, spot) });
    }
    return entries;
  }

  #target({ source }: Alias.Parsed, here: Place): SourceNode {
    const target = this.#anchors.get(source);
    if (target === 'unfinished') {
      this.#report.problem(here, `the alias *${source} is inside of what it stands for, leave it out`);
    } else if (target === undefined) {
      this.#report.problem(here, `the alias *${source} has no anchor in front of it, write &${source} there`);
    }
    return target === undefined || target === 'unfinished' ? nothing(here.offset) : target;
  }
}

function nothing(offset: number): ScalarNode {
  return { kind: 'scalar', offset, end: offset, value: null, text: '', plain: true };
}

function scalar({ value, source, type, range }: Scalar.Parsed, offset: number): ScalarNode {
  const node = { kind: 'scalar', offset, end: range[1], plain: type === 'PLAIN' } as const;
  if (typeof value === 'string') return { ...node, value, text: value };
  return { ...node, value: typeof value === 'number' || typeof value === 'boolean' ? value : null, text: source };
}
