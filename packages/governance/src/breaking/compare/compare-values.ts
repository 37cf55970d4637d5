import { BOUNDS, boundText, order, type BoundRow } from '../canonicalise/bounds.ts';
import type { SchemaNodes } from '../canonicalise/schema-nodes.ts';
import type { Shape } from '../canonicalise/shape.ts';
import { ALL_KINDS, kindsText, type Kind } from '../canonicalise/types.ts';
import type { Fact } from '../variance.ts';
import { bothHave, find, type ShapePair } from './shape-pair.ts';

/** Types, values, formats, patterns and bounds: what one value must be by itself. */
export function compareValues(shapes: ShapePair): void {
  compareKinds(shapes);
  compareNull(shapes);
  compareEnums(shapes);
  compareFormats(shapes);
  if (bothHave(shapes, 'string')) comparePatterns(shapes);
  for (const row of BOUNDS) if (row.kinds.some((kind) => bothHave(shapes, kind))) compareBound(shapes, row);
  if (bothHave(shapes, 'integer') || bothHave(shapes, 'fraction')) compareMultiples(shapes);
  compareAssertions(shapes);
  compareDefaults(shapes);
  compareForeign(shapes);
}

const NULL: ReadonlySet<Kind> = new Set<Kind>(['null']);

function compareKinds(shapes: ShapePair): void {
  if (withoutNull(shapes.old.kinds).symmetricDifference(withoutNull(shapes.new.kinds)).size === 0) return;
  const old = kindsWithin(shapes.old, shapes.comparison.olds);
  const newer = kindsWithin(shapes.new, shapes.comparison.news);
  const lost = old.difference(newer).size > 0;
  const won = newer.difference(old).size > 0;
  if (!lost && !won) return;
  const fact: Fact = lost && won ? 'type-changed' : lost ? 'type-narrowed' : 'type-widened';
  find(shapes, fact, { from: kindsText(shapes.old.kinds), to: kindsText(shapes.new.kinds) });
}

function withoutNull(kinds: ReadonlySet<Kind>): ReadonlySet<Kind> {
  return kinds.difference(NULL);
}

/** A schema that says its types only in its alternatives has those. One level deep: alternatives may go in circles. */
function kindsWithin({ kinds, unions }: Shape, nodes: SchemaNodes): ReadonlySet<Kind> {
  let within = withoutNull(kinds);
  for (const { branches } of unions) {
    const offered = new Set(branches.flatMap(({ node }) => [...nodes.shapeOf(node).kinds]));
    within = within.intersection(offered);
  }
  return within;
}

export function compareNull(shapes: ShapePair): void {
  const { old, new: newer } = shapes;
  if (old.kinds.has('null') === newer.kinds.has('null')) return;
  const toldAsType = old.kinds.size === ALL_KINDS.size || newer.kinds.size === ALL_KINDS.size;
  if (toldAsType && withoutNull(old.kinds).symmetricDifference(withoutNull(newer.kinds)).size > 0) return;
  find(shapes, newer.kinds.has('null') ? 'became-nullable' : 'became-not-nullable');
}

function compareEnums(shapes: ShapePair): void {
  const { old, new: newer } = shapes;
  const oldOpen = old.values === undefined || old.extensible;
  const newOpen = newer.values === undefined || newer.extensible;
  if (shapes.old.kinds.intersection(shapes.new.kinds).difference(NULL).size === 0) return;
  if (old.values === undefined && newer.values === undefined) return;
  if (old.values === undefined) {
    if (!newOpen) find(shapes, 'became-enum', { to: listed(newer.values) });
    return;
  }
  if (newer.values === undefined) {
    if (!oldOpen) find(shapes, 'enum-lifted', { from: listed(old.values) });
    return;
  }
  if (oldOpen !== newOpen) find(shapes, newOpen ? 'enum-opened' : 'enum-closed');
  const common = old.values.intersection(newer.values);
  if (common.size === 0 && old.values.size > 0 && newer.values.size > 0 && !oldOpen) {
    find(shapes, 'enum-values-replaced', { from: listed(old.values), to: listed(newer.values) });
    return;
  }
  for (const what of old.values) if (!common.has(what)) find(shapes, 'enum-value-removed', { what });
  const added: Fact = oldOpen ? 'extensible-enum-value-added' : 'enum-value-added';
  for (const what of newer.values) if (!common.has(what)) find(shapes, added, { what });
}

/** Sorted, so that a message does not depend on the order in the document. */
function listed(values: ReadonlySet<string> | undefined): string {
  return [...(values ?? [])].toSorted().join(', ');
}

/** Format → formats whose values it has too. */
const WIDER: ReadonlyMap<string, readonly string[]> = new Map([
  ['int64', ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32']],
  ['int32', ['int8', 'uint8', 'int16', 'uint16']],
  ['int16', ['int8', 'uint8']],
  ['uint64', ['uint8', 'uint16', 'uint32']],
  ['uint32', ['uint8', 'uint16']],
  ['uint16', ['uint8']],
  ['double', ['float', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32']],
  ['decimal', ['float', 'double', 'int32', 'int64']],
  ['bigint', ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64']],
  ['uri-reference', ['uri', 'url']],
  ['iri', ['uri', 'url']],
  ['iri-reference', ['uri', 'url', 'uri-reference', 'iri']],
  ['idn-email', ['email']],
  ['idn-hostname', ['hostname']],
  ['uri', ['url']],
]);

function compareFormats(shapes: ShapePair): void {
  const from = shapes.old.format;
  const to = shapes.new.format;
  if (from === to || shapes.old.kinds.intersection(shapes.new.kinds).difference(NULL).size === 0) return;
  if (from === undefined) {
    if (to !== undefined) find(shapes, 'format-added', { to });
  } else if (to === undefined) find(shapes, 'format-removed', { from });
  else if (WIDER.get(to)?.includes(from) === true) find(shapes, 'format-widened', { from, to });
  else if (WIDER.get(from)?.includes(to) === true) find(shapes, 'format-narrowed', { from, to });
  else find(shapes, 'format-changed', { from, to });
}

function comparePatterns(shapes: ShapePair): void {
  const from = shapes.old.patterns.join(' and ');
  const to = shapes.new.patterns.join(' and ');
  if (from === to) return;
  const old = new Set(shapes.old.patterns);
  const newer = new Set(shapes.new.patterns);
  // Several patterns hold at once: with one more, fewer texts fit.
  if (old.isSubsetOf(newer)) find(shapes, 'pattern-added', { to: [...newer.difference(old)].join(' and ') });
  else if (newer.isSubsetOf(old)) find(shapes, 'pattern-removed', { from: [...old.difference(newer)].join(' and ') });
  else find(shapes, 'pattern-changed', { from, to });
}

function compareBound(shapes: ShapePair, row: BoundRow): void {
  const old = shapes.old.bounds.get(row.keyword);
  const newer = shapes.new.bounds.get(row.keyword);
  // At least 0 of something is no bound.
  const none = row.side === 'min' && row.keyword !== 'minimum' ? { value: 0, exclusive: false } : undefined;
  if (old === undefined) {
    if (newer !== undefined && newer.value !== none?.value) find(shapes, `${row.name}-set`, { to: boundText(newer) });
    return;
  }
  if (newer === undefined) {
    if (old.value !== none?.value) find(shapes, `${row.name}-removed`, { from: boundText(old) });
    return;
  }
  const apart = order(newer, old, row.side);
  if (apart === 0) return;
  const lowered = apart > 0 === (row.side === 'max');
  find(shapes, `${row.name}-${lowered ? 'lowered' : 'raised'}`, { from: boundText(old), to: boundText(newer) });
}

function compareMultiples(shapes: ShapePair): void {
  const old = shapes.old.multipleOf;
  const newer = shapes.new.multipleOf;
  if (old === newer) return;
  const [from, to] = [String(old), String(newer)];
  if (old === undefined) find(shapes, 'multiple-of-set', { to });
  else if (newer === undefined) find(shapes, 'multiple-of-removed', { from });
  else if (isMultiple(newer, old)) find(shapes, 'multiple-of-narrowed', { from, to });
  else if (isMultiple(old, newer)) find(shapes, 'multiple-of-widened', { from, to });
  else find(shapes, 'multiple-of-changed', { from, to });
}

function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) < 1e-9;
}

function compareAssertions(shapes: ShapePair): void {
  for (const [what, text] of shapes.old.assertions) {
    const other = shapes.new.assertions.get(what);
    if (other === undefined) find(shapes, 'assertion-removed', { what });
    else if (other !== text) find(shapes, 'assertion-changed', { what });
  }
  for (const what of shapes.new.assertions.keys()) {
    if (!shapes.old.assertions.has(what)) find(shapes, 'assertion-added', { what });
  }
}

function compareDefaults(shapes: ShapePair): void {
  const from = shapes.old.default;
  const to = shapes.new.default;
  if (from === to) return;
  if (from === undefined) find(shapes, 'default-added', { to: to ?? '' });
  else if (to === undefined) find(shapes, 'default-removed', { from });
  else find(shapes, 'default-changed', { from, to });
}

function compareForeign(shapes: ShapePair): void {
  const from = [...shapes.old.foreign].toSorted().join(', ');
  const to = [...shapes.new.foreign].toSorted().join(', ');
  if (from !== to) find(shapes, 'foreign-schema-changed', { from, to });
}
