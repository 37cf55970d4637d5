import { canonicalTarget } from '@gatehouse/http';

/** A path with `{name}` in it, taken apart. */
export type PathTemplate = readonly TemplatePart[];

interface TemplatePart {
  readonly literal: string;
  /** Stands behind the literal; undefined behind the last one. */
  readonly param: string | undefined;
}

/** With `captures`, `$1` to `$99` stand for themselves as names. */
export function parseTemplate(text: string, { captures = false } = {}): PathTemplate {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (const match of text.matchAll(captures ? NAMES_AND_CAPTURES : NAMES)) {
    parts.push({ literal: text.slice(at, match.index), param: match[1] ?? match[0] });
    at = match.index + match[0].length;
  }
  return [...parts, { literal: text.slice(at), param: undefined }];
}

const NAMES = /\{([A-Za-z_][A-Za-z0-9_-]*)\}/g;
const NAMES_AND_CAPTURES = /\{([A-Za-z_][A-Za-z0-9_-]*)\}|\$[1-9]\d?/g;

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
  const sample = fillTemplate(parseTemplate(text, { captures: true }), () => 'x') ?? '';
  const canonical = canonicalTarget(sample);
  return canonical?.path === sample && canonical.ambiguity === 0;
}
