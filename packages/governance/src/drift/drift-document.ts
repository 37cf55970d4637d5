import { type Path } from '../document/json-value.ts';
import { eachOperation } from '../operations/operations-of.ts';
import { mapOf, type JsonMap } from '../tree/json-tree.ts';
import { belowSpots, schemaSpots, spotAt, type SchemaSpots, type Spot } from './schema-spots.ts';
import type { Where } from './where.ts';

export interface DeclaredParameter {
  readonly name: string;
  readonly in: string;
  readonly spot: Spot;
}

/** An operation of a document, and where its parts stand. */
export interface DeclaredOperation {
  /** `GET /users/{id}` */
  readonly key: string;
  readonly method: string;
  readonly path: string;
  readonly spot: Spot;
  readonly parameters: readonly DeclaredParameter[];
}

/** An OpenAPI 3 document as plain data, with questions that drift asks of it. */
export class DriftDocument {
  readonly root: JsonMap;
  readonly operations: ReadonlyMap<string, DeclaredOperation>;

  constructor(root: unknown) {
    this.root = mapOf(root) ?? {};
    this.operations = new Map(this.#operations().map((operation) => [operation.key, operation]));
  }

  #operations(): readonly DeclaredOperation[] {
    return [...eachOperation(this.root)].flatMap(({ method, path }) => {
      const item = spotAt(this.root, ['paths', path]);
      const spot = item && spotAt(this.root, [...item.path, method]);
      if (item === undefined || spot === undefined) return [];
      const parameters = new Map<string, DeclaredParameter>();
      for (const { map, path: at } of [item, spot]) {
        for (const parameter of this.#parameters(map, at))
          parameters.set(`${parameter.in} ${parameter.name}`, parameter);
      }
      const upper = method.toUpperCase();
      return [{ key: `${upper} ${path}`, method: upper, path, spot, parameters: [...parameters.values()] }];
    });
  }

  #parameters({ parameters }: JsonMap, path: Path): readonly DeclaredParameter[] {
    if (!Array.isArray(parameters)) return [];
    return parameters.flatMap((_, index) => {
      const spot = spotAt(this.root, [...path, 'parameters', index]);
      const { name, in: place } = spot?.map ?? {};
      return spot === undefined || typeof name !== 'string' || typeof place !== 'string'
        ? []
        : [{ name, in: place, spot }];
    });
  }

  requestBody({ spot }: Pick<DeclaredOperation, 'spot'>): Spot | undefined {
    return spotAt(this.root, [...spot.path, 'requestBody']);
  }

  /** What is meant for a status: it, its range, or `default`. */
  response({ spot }: Pick<DeclaredOperation, 'spot'>, status: string): (Spot & { readonly key: string }) | undefined {
    const responses = mapOf(spot.map['responses']) ?? {};
    const wanted = [status, `${status.slice(0, 1)}XX`, 'default'].map((name) => name.toUpperCase());
    const key = wanted
      .map((name) => Object.keys(responses).find((each) => each.toUpperCase() === name))
      .find((each) => each !== undefined);
    const found = key === undefined ? undefined : spotAt(this.root, [...spot.path, 'responses', key]);
    return found === undefined || key === undefined ? undefined : { ...found, key };
  }

  /** What is meant for a media type: it, its range, or any. */
  media({ map, path }: Spot, type: string): Spot | undefined {
    const content = mapOf(map['content']) ?? {};
    const wanted = [type, `${type.split('/', 1)[0] ?? ''}/*`, '*/*'];
    const key = wanted
      .map((name) => Object.keys(content).find((each) => bareType(each) === name))
      .find((each) => each !== undefined);
    return key === undefined ? undefined : spotAt(this.root, [...path, 'content', key]);
  }

  parameter({ parameters }: DeclaredOperation, place: string, name: string): DeclaredParameter | undefined {
    const same = (a: string, b: string): boolean =>
      place === 'header' ? a.toLowerCase() === b.toLowerCase() : a === b;
    return parameters.find((each) => each.in === place && same(each.name, name));
  }

  /** The schemas that say something of what stands at a place; undefined: the place is not described. */
  schemas(operation: DeclaredOperation, where: Where): SchemaSpots | undefined {
    const holder = this.#holder(operation, where);
    if (holder === undefined) return undefined;
    let found = schemaSpots(this.root, [[...holder.path, 'schema']]);
    for (const step of where.side === 'parameter' ? [] : where.steps) found = belowSpots(this.root, found, step);
    return found.spots.length === 0 && !found.isPartial ? undefined : found;
  }

  /** What holds the schema of a place: a parameter, or a media type. */
  #holder(operation: DeclaredOperation, where: Where): Spot | undefined {
    if (where.side === 'parameter') return this.parameter(operation, where.in, where.name)?.spot;
    const body = where.side === 'request' ? this.requestBody(operation) : this.response(operation, where.status);
    return body === undefined || where.media === undefined ? undefined : this.media(body, where.media);
  }
}

/** Lower case, without parameters. */
export function bareType(type: string): string {
  return (type.split(';', 1)[0] ?? '').trim().toLowerCase();
}
