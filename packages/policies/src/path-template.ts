import { canonicalTarget } from '@gatehouse/http';

/** A path with `{name}` in it, taken apart. */
export type PathTemplate = readonly TemplatePart[];

interface TemplatePart {
  readonly literal: string;
  /** Stands behind the literal; undefined behind the last one. */
  readonly param: string | undefined;
}

export function parseTemplate(text: string): PathTemplate {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (const match of text.matchAll(/\{([A-Za-z_][A-Za-z0-9_-]*)\}/g)) {
    parts.push({ literal: text.slice(at, match.index), param: match[1] });
    at = match.index + match[0].length;
  }
  return [...parts, { literal: text.slice(at), param: undefined }];
}

/** Undefined when a value is missing. */
export function fillTemplate(
  template: PathTemplate,
  valueOf: (name: string) => string | undefined,
): string | undefined {
  let path = '';
  for (const { literal, param } of template) {
    const value = param === undefined ? '' : valueOf(param);
    if (value === undefined) return undefined;
    path += literal + value;
  }
  return path;
}

/** Can it give a canonical path, if what is put in is harmless? */
export function isPathTemplate(text: string): boolean {
  const sample = fillTemplate(parseTemplate(text), () => 'x') ?? '';
  const canonical = canonicalTarget(sample);
  return canonical?.path === sample && canonical.ambiguity === 0;
}
