/** A piece of a message: fixed text, or the place of a variable. */
export type TemplatePart = { readonly text: string } | { readonly variable: string };

/** Undefined for braces that are neither a variable nor escaped: a condition or a loop is not printed as if it were text. */
export function readTemplate(template: string): readonly TemplatePart[] | undefined {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const match of template.matchAll(BRACES)) {
    const [whole, escaped, variable] = match;
    if (escaped === undefined && variable === undefined) return undefined;
    const text = template.slice(from, match.index) + (escaped === undefined ? '' : '{{');
    if (text !== '') parts.push({ text });
    if (variable !== undefined) parts.push({ variable });
    from = match.index + whole.length;
  }
  const rest = template.slice(from);
  return rest === '' ? parts : [...parts, { text: rest }];
}

/** The braces for which `readTemplate` takes nothing, with a little of what follows them. */
export function strayBraces(template: string): string | undefined {
  for (const { 0: whole, 1: escaped, 2: variable, index } of template.matchAll(BRACES)) {
    if ((escaped ?? variable) !== undefined) continue;
    const [line = whole] = template.slice(index, index + STRAY_CHARS_MAX).split('\n');
    return line;
  }
  return undefined;
}

const STRAY_CHARS_MAX = 24;
export const VARIABLE_NAME = /^[A-Za-z_]\w{0,63}$/;
const BRACES = /(\\\{\{)|\{\{(?:[\t ]{0,8}([A-Za-z_]\w{0,63})[\t ]{0,8}\}\})?/g;
