import { mapOf, type JsonMap } from '../tree/json-tree.ts';

/** More than anybody serves; each repeats its schema. */
const MEDIA_TYPES_MAX = 10;
export const JSON_TYPE = 'application/json';
export const FORM_TYPE = 'application/x-www-form-urlencoded';
export const MULTIPART_TYPE = 'multipart/form-data';

/** Of an operation, or else of the document; undefined: neither says. */
export function mediaTypesOf(own: unknown, shared: unknown): readonly string[] | undefined {
  const written = Array.isArray(own) ? own : Array.isArray(shared) ? shared : undefined;
  const types = written?.filter((type): type is string => typeof type === 'string' && type.includes('/'));
  return types === undefined || types.length === 0 ? undefined : [...new Set(types)].slice(0, MEDIA_TYPES_MAX);
}

export function contentOf(types: readonly string[], media: JsonMap): JsonMap {
  return Object.fromEntries(types.map((type) => [type, media]));
}

/** Forms are read as forms only. */
export function formTypesOf(consumes: readonly string[] | undefined, hasFile: boolean): readonly string[] {
  const forms = (consumes ?? []).filter((type) => type === MULTIPART_TYPE || (type === FORM_TYPE && !hasFile));
  if (forms.length > 0) return forms;
  return [hasFile ? MULTIPART_TYPE : FORM_TYPE];
}

/** Examples stand by media type in Swagger. */
export function withExamples(content: JsonMap, examples: unknown, schema: unknown): JsonMap {
  const added = Object.entries(mapOf(examples) ?? {})
    .slice(0, MEDIA_TYPES_MAX)
    .filter(([type]) => type.includes('/'));
  const media = added.map(([type, example]) => {
    const known = Object.hasOwn(content, type) ? mapOf(content[type]) : undefined;
    return [type, { ...(known ?? (schema === undefined ? {} : { schema })), example }];
  });
  return { ...content, ...Object.fromEntries(media) };
}
