import type { SchemaNodes } from '../canonicalise/schema-nodes.ts';
import type { SchemaNode, Shape } from '../canonicalise/shape.ts';
import type { Fact } from '../variance.ts';
import { find, type ShapePair } from './shape-pair.ts';
import { isPast } from './sunset.ts';

/** Properties and what else objects may hold. */
export function compareObjects(shapes: ShapePair): void {
  const { old, new: newer } = shapes;
  const names = new Set([...old.properties.keys(), ...old.required, ...newer.properties.keys(), ...newer.required]);
  for (const name of names) compareProperty(shapes, name);
  compareOthers(shapes);
  comparePatternProperties(shapes);
  compareDiscriminators(shapes);
}

/** How one document sees a property. */
interface Sight {
  readonly node: SchemaNode;
  readonly shape: Shape;
  readonly required: boolean;
  /** Part of what is sent in this direction. */
  readonly visible: boolean;
}

function sightOf(
  name: string,
  { properties, required, additional }: Shape,
  [nodes, shapes]: readonly [SchemaNodes, ShapePair],
): Sight | undefined {
  const own = properties.get(name);
  if (own === undefined && !required.has(name)) return undefined;
  const node = own ?? additional;
  const shape = nodes.shapeOf(node);
  const visible = shapes.direction === 'request' ? !shape.readOnly : !shape.writeOnly;
  return { node, shape, required: required.has(name), visible };
}

function compareProperty(shapes: ShapePair, name: string): void {
  const { comparison, pair, direction } = shapes;
  const old = sightOf(name, shapes.old, [comparison.olds, shapes]);
  const newer = sightOf(name, shapes.new, [comparison.news, shapes]);
  const say = (fact: Fact): void => find(shapes, fact, { at: name, what: name });
  if (old === undefined || newer === undefined) {
    if (old?.visible === true) say(removal(shapes, old));
    else if (newer?.visible === true) say(newer.required ? 'required-property-added' : 'property-added');
    return;
  }
  if (old.visible !== newer.visible) say(flip(shapes, [old, newer]));
  if (!old.visible || !newer.visible) return;
  if (old.required !== newer.required) say(newer.required ? 'property-became-required' : 'property-became-optional');
  pair.edges.push({ at: name, pair: comparison.pairOf(old.node, newer.node, direction) });
}

function removal({ new: newer, direction, comparison }: ShapePair, { required, shape }: Sight): Fact {
  if (shape.deprecated && isPast(shape.sunset, comparison.now)) return 'property-removed-after-sunset';
  if (direction === 'request' && newer.closed) return 'closed-property-removed';
  return required ? 'required-property-removed' : 'property-removed';
}

function flip({ direction }: ShapePair, [old, newer]: readonly [Sight, Sight]): Fact {
  if (direction === 'request') {
    if (!newer.visible) return 'property-became-read-only';
    return newer.required ? 'required-property-no-longer-read-only' : 'property-no-longer-read-only';
  }
  if (newer.visible) return 'property-no-longer-write-only';
  return old.required ? 'required-property-became-write-only' : 'property-became-write-only';
}

function compareOthers(shapes: ShapePair): void {
  const { old, new: newer, comparison, pair, direction } = shapes;
  if (old.closed !== newer.closed) {
    find(shapes, newer.closed ? 'additional-properties-closed' : 'additional-properties-opened');
  }
  if (old.closed || newer.closed) return;
  pair.edges.push({ at: '{}', pair: comparison.pairOf(old.additional, newer.additional, direction) });
}

function comparePatternProperties(shapes: ShapePair): void {
  const { old, new: newer, comparison, pair, direction } = shapes;
  for (const [what, node] of old.patternProperties) {
    const other = newer.patternProperties.get(what);
    if (other === undefined) find(shapes, 'pattern-property-removed', { what });
    else pair.edges.push({ at: `{${what}}`, pair: comparison.pairOf(node, other, direction) });
  }
  for (const what of newer.patternProperties.keys()) {
    if (!old.patternProperties.has(what)) find(shapes, 'pattern-property-added', { what });
  }
}

export function compareDiscriminators(shapes: ShapePair): void {
  const old = shapes.old.discriminator;
  const newer = shapes.new.discriminator;
  if (old === undefined || newer === undefined) {
    if (old !== undefined) find(shapes, 'discriminator-removed', { from: old.property });
    else if (newer !== undefined) find(shapes, 'discriminator-added', { to: newer.property });
    return;
  }
  if (old.property !== newer.property) {
    find(shapes, 'discriminator-changed', { from: old.property, to: newer.property });
  }
  for (const what of old.mapping) {
    if (!newer.mapping.has(what)) find(shapes, 'discriminator-mapping-removed', { what });
  }
}
