import type { JsonMap } from '../tree/json-tree.ts';
import { ComponentNames } from './component-names.ts';
import { Losses } from './losses.ts';
import { SchemaUpgrade } from './upgrade-schema.ts';

/** What all parts of an upgrade share. */
export class SwaggerReading {
  readonly root: JsonMap;
  readonly losses = new Losses();
  readonly names: ComponentNames;
  readonly schemas: SchemaUpgrade;

  /** What was made of shared parts, by the media types that it was made for. */
  readonly #made = new WeakMap<JsonMap, Map<string, JsonMap>>();

  constructor(root: JsonMap) {
    this.root = root;
    this.names = new ComponentNames(root, this.losses);
    this.schemas = new SchemaUpgrade({ losses: this.losses, reference: (written) => this.names.reference(written) });
  }

  /** A part that many refer to is upgraded once. */
  once(part: JsonMap, types: readonly string[] | undefined, make: () => JsonMap): JsonMap {
    const made = this.#made.get(part) ?? new Map<string, JsonMap>();
    this.#made.set(part, made);
    const key = types === undefined ? '' : types.join(' ');
    const found = made.get(key) ?? make();
    made.set(key, found);
    return found;
  }
}
