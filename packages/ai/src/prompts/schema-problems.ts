import { isJsonFields, type Json, type JsonFields } from '../canonical/json.ts';
import { SchemaRefs } from '../canonical/schema-refs.ts';
import { objectOf } from './json-kind.ts';
import { asPattern, ASSERTIONS } from './schema-assertions.ts';
import { KEYWORDS } from './schema-keywords.ts';

/** `place` within the schema, such as `.properties.age.minimum`. */
export interface SchemaProblem {
  readonly place: string;
  readonly message: string;
}

/** What `mismatchOf` cannot check: a schema that was let through unchecked would promise what nobody keeps. */
export function schemaProblems(schema: JsonFields): readonly SchemaProblem[] {
  const survey = new SchemaSurvey(schema);
  survey.schema(schema, { place: '', depth: 0 });
  return survey.problems;
}

const DEPTH_MAX = 64;

interface Place {
  readonly place: string;
  readonly depth: number;
}

class SchemaSurvey {
  readonly problems: SchemaProblem[] = [];
  readonly #root: JsonFields;

  constructor(root: JsonFields) {
    this.#root = root;
  }

  schema(schema: Json, { place, depth }: Place): void {
    if (typeof schema === 'boolean') return;
    if (!isJsonFields(schema)) return this.#add(place, 'must be a schema');
    if (depth > DEPTH_MAX) return this.#add(place, 'is nested too deep');
    for (const [keyword, value] of Object.entries(schema)) {
      this.#keyword(keyword, value, { place: `${place}.${keyword}`, depth: depth + 1 });
    }
  }

  #keyword(keyword: string, value: Json, at: Place): void {
    switch (KEYWORDS.get(keyword)) {
      case undefined:
        return this.#add(at.place, 'is a keyword that is not checked');
      case 'assertion':
        if (ASSERTIONS.get(keyword)?.takes(value) !== true) this.#add(at.place, 'has a value that it does not take');
        return;
      case 'count':
        if (!Number.isSafeInteger(value)) this.#add(at.place, 'must be a whole number');
        return;
      case 'ref':
        if (new SchemaRefs(this.#root).target(value) === undefined) {
          this.#add(at.place, 'refers to nothing in this schema');
        }
        return;
      case 'schema':
        return this.schema(value, at);
      case 'schemas':
        return Array.isArray(value) ? this.#each(value, at) : this.#add(at.place, 'must be a list of schemas');
      case 'schemas-by-name':
        if (keyword === 'patternProperties') this.#patterns(value, at);
        return objectOf(value) === undefined ? this.#add(at.place, 'must hold schemas by name') : this.#each(value, at);
      case 'annotation':
        break;
    }
  }

  #each(schemas: Json, { place, depth }: Place): void {
    for (const [name, one] of Object.entries(schemas ?? {})) this.schema(one, { place: `${place}.${name}`, depth });
  }

  #patterns(schemas: Json, { place }: Place): void {
    for (const pattern of Object.keys(objectOf(schemas) ?? {})) {
      if (asPattern(pattern) === undefined) this.#add(`${place}.${pattern}`, 'is no regular expression');
    }
  }

  #add(place: string, message: string): void {
    this.problems.push({ place, message });
  }
}
