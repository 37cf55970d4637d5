/** The texts in a member that is one, a list of them, or a list of parts of which some are texts; in their order. */
export function nestedTexts(value: unknown): string[] {
  const texts: string[] = [];
  withNestedTexts(value, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

/** The same value with other texts. Bodies are no deeper than their scan lets through. */
export function withNestedTexts(value: unknown, edit: (text: string) => string): unknown {
  if (typeof value === 'string') return edit(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each: unknown) => withNestedTexts(each, edit));
  return 'text' in value && typeof value.text === 'string' ? { ...value, text: edit(value.text) } : value;
}
