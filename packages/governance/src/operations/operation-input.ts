import { mapOf, type JsonMap } from '../tree/json-tree.ts';
import type { InputSchemas } from './input-schemas.ts';

export interface Parameter {
  readonly name: string;
  readonly place: string;
  readonly written: JsonMap;
}

/** All that a call takes, as one JSON Schema (2020-12) of an object. */
export interface OperationInput {
  readonly input: JsonMap;
  /** Where each property of `input` goes. */
  readonly places: Readonly<Record<string, InputPlace>>;
  /** Schemas were left out, because they are too large. */
  readonly cut?: true;
}

export interface InputPlace {
  readonly in: string;
  /** What the call calls it; of a body: its media type. */
  readonly name: string;
}

/** OpenAPI §4.8.12.1: as parameters these mean nothing. */
const NOT_SAID = /^(?:accept|content-type|authorization)$/i;

/** `schemas` undefined: there is no room for them. */
export function inputOf(
  { parameters, body }: { readonly parameters: readonly Parameter[]; readonly body: JsonMap | undefined },
  schemas: InputSchemas | undefined,
): OperationInput {
  const properties = new Map<string, unknown>();
  const places = new Map<string, InputPlace>();
  const required: string[] = [];
  const bundle = schemas?.bundle();
  const add = (
    property: string,
    written: { place: InputPlace; schema: unknown; description: unknown; required: boolean },
  ): void => {
    const schema = bundle?.schema(written.schema) ?? {};
    const { description } = written;
    properties.set(
      property,
      typeof description === 'string' && schema !== false
        ? { ...mapOf(schema), description: description.slice(0, 1000) }
        : schema,
    );
    places.set(property, written.place);
    if (written.required) required.push(property);
  };
  for (const { name, place, written } of parameters) {
    if (place === 'header' && NOT_SAID.test(name)) continue;
    const property = properties.has(name) ? `${place}_${name}` : name;
    const { description } = written;
    const isRequired = place === 'path' || written['required'] === true;
    add(property, { place: { in: place, name }, schema: schemaIn(written), description, required: isRequired });
  }
  const content = bodyOf(body);
  if (body !== undefined && content !== undefined) {
    const { description } = body;
    const property = properties.has('body') ? 'request_body' : 'body';
    add(property, {
      place: { in: 'body', name: content.type },
      schema: content.schema,
      description,
      required: body['required'] === true,
    });
  }
  const input = {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...bundle?.definitions(),
  };
  const cut = bundle === undefined ? properties.size > 0 : bundle.cut;
  return { input, places: Object.fromEntries(places), ...(cut && { cut }) };
}

function schemaIn(parameter: JsonMap): unknown {
  if (parameter['schema'] !== undefined) return parameter['schema'];
  const [media] = Object.values(mapOf(parameter['content']) ?? {});
  return mapOf(media)?.['schema'];
}

/** JSON if it can be had, for it says most of its parts. */
function bodyOf(body: JsonMap | undefined): { readonly type: string; readonly schema: unknown } | undefined {
  const media = Object.entries(mapOf(body?.['content']) ?? {});
  const best =
    media.find(([type]) => /^application\/json\b/i.test(type)) ??
    media.find(([type]) => /\+json\b/i.test(type)) ??
    media[0];
  return best && { type: best[0], schema: mapOf(best[1])?.['schema'] };
}
