import type { JsonMap } from '../tree/json-tree.ts';
import { FieldShapes } from './field-shapes.ts';
import { ValueShape, type ShapeBudget } from './value-shape.ts';

const TYPES_MAX = 10;
const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]{1,80}\/[a-z0-9!#$&^_.+-]{1,80}$/;
const FORM = 'application/x-www-form-urlencoded';

interface Media {
  readonly value: ValueShape;
  readonly fields: FieldShapes;
  /** Of something that is not read. */
  isOpaque: boolean;
}

/** The bodies at one place, by their media types. */
export class BodyShape {
  readonly #budget: ShapeBudget;
  readonly #media = new Map<string, Media>();
  count = 0;

  constructor(budget: ShapeBudget) {
    this.#budget = budget;
  }

  /** Undefined and '' are no bodies. */
  add(body: unknown, contentType: string | undefined): void {
    if (body === undefined || body === '') return;
    const type = mediaTypeOf(body, contentType);
    const known = this.#media.get(type);
    if (type === '' || (known === undefined && this.#media.size >= TYPES_MAX)) return;
    this.count++;
    const media = known ?? { value: new ValueShape(this.#budget), fields: new FieldShapes(), isOpaque: false };
    this.#media.set(type, media);
    const json = isJson(type) ? jsonOf(body) : undefined;
    if (json !== undefined) media.value.add(json.value);
    else if (type === FORM && typeof body === 'string') media.isOpaque ||= !media.fields.add(body);
    else media.isOpaque = true;
  }

  content(): JsonMap {
    return Object.fromEntries(
      [...this.#media].map(([type, { value, fields, isOpaque }]) => {
        if (isOpaque) return [type, {}];
        return [type, { schema: type === FORM ? fields.objectSchema() : value.schema() }];
      }),
    );
  }
}

function isJson(type: string): boolean {
  return /[/+]json$/.test(type);
}

/** What it says; where it says nothing, what it is. */
function mediaTypeOf(body: unknown, contentType: string | undefined): string {
  const said = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (said !== '') return MEDIA_TYPE.test(said) ? said : '';
  return typeof body !== 'string' || (/^\s*[[{]/.test(body) && jsonOf(body) !== undefined)
    ? 'application/json'
    : 'text/plain';
}

/** Values that were recorded as texts, and those that were not. */
function jsonOf(body: unknown): { readonly value: unknown } | undefined {
  if (typeof body !== 'string') return { value: body };
  try {
    const value: unknown = JSON.parse(body);
    return { value };
  } catch {
    return undefined;
  }
}
