import { fullFormats } from 'ajv-formats/dist/formats.js';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { DocumentNode } from './document-node.ts';
import type { Fields } from './fields.ts';
import type { Fault } from './problem.ts';

/** What is wrong with a value; empty when it fits. */
export type Check = (value: unknown) => readonly Fault[];

const DOCUMENT = 'openapi.yaml';
/** Enough to repair a request by; keeps the reply small when a body has thousands of faults. */
const FAULTS_MAX = 20;
const FAULT_TEXT_MAX = 500;

export interface MembersOptions {
  readonly required: readonly string[];
  readonly allowsOthers: boolean;
}

/** Compiles schemas of one OpenAPI document. */
export class SchemaCompiler {
  readonly #ajv: Ajv2020;
  /** By JSON pointer: nearly every operation answers with the same few schemas. */
  readonly #compiled = new Map<string, Check>();

  constructor(document: Fields) {
    this.#ajv = new Ajv2020({
      allErrors: true,
      allowUnionTypes: true,
      formats: fullFormats,
      // The document is fixed at release, and a test holds it against the meta-schema, which takes longer than a start.
      validateSchema: false,
    });
    // Looking inside a document makes Ajv compile its root as a schema too, so its members have to be known words.
    this.#ajv.addVocabulary([...Object.keys(document), 'x-data-class', 'x-extensible-enum']);
    this.#ajv.addSchema(document, DOCUMENT);
  }

  value(schema: DocumentNode): Check {
    const known = this.#compiled.get(schema.pointer);
    if (known !== undefined) return known;
    const check = toCheck(this.#ajv.compile({ $ref: referenceTo(schema) }));
    this.#compiled.set(schema.pointer, check);
    return check;
  }

  /** For an object whose members have schemas in different places of the document. */
  members(schemas: ReadonlyMap<string, DocumentNode>, { required, allowsOthers }: MembersOptions): Check {
    if (schemas.size === 0 && allowsOthers) return () => [];
    const properties = Object.fromEntries([...schemas].map(([name, node]) => [name, { $ref: referenceTo(node) }]));
    return toCheck(this.#ajv.compile({ type: 'object', properties, required, additionalProperties: allowsOthers }));
  }
}

function referenceTo(schema: DocumentNode): string {
  return `${DOCUMENT}#${encodeURI(schema.pointer)}`;
}

function toCheck(validate: ValidateFunction): Check {
  return (value) => (validate(value) ? [] : (validate.errors ?? []).slice(0, FAULTS_MAX).map(toFault));
}

function toFault(error: ErrorObject): Fault {
  const { instancePath, keyword, params, message = 'is invalid' } = error;
  // A schema that speaks of one member reports it on the object around; a caller looks for the member itself.
  const member: unknown = params['missingProperty'] ?? params['additionalProperty'];
  if (typeof member !== 'string') return { pointer: shorten(instancePath), detail: shorten(message) };
  const pointer = `${instancePath}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return { pointer: shorten(pointer), detail: keyword === 'required' ? 'is required' : 'is not known' };
}

/** By code point, as JSON Schema counts, so that no surrogate pair is cut in two. */
function shorten(text: string): string {
  return text.length <= FAULT_TEXT_MAX ? text : Array.from(text).slice(0, FAULT_TEXT_MAX).join('');
}
