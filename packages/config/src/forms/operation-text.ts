import { parsedText, meaning, type Parse } from './parsed.ts';
import { parsePathPattern } from './path-pattern.ts';

export interface WrittenOperation {
  /** `*`: any. */
  readonly method: string;
  /** Below the base path of an API, as routes have it. */
  readonly path: string;
}

/** `GET /users/{id}`, or `* /users/*`. */
const parseOperation: Parse<WrittenOperation> = (text) => {
  const [, method = '', path = ''] = /^(\*|[A-Z][A-Z-]{0,31}) (\/\S*)$/.exec(text) ?? [];
  if (path === '') return { wrong: 'is no operation, write a method and a path such as GET /users/{id}' };
  const parsed = parsePathPattern(path);
  return 'wrong' in parsed ? parsed : { value: { method, path: parsed.value } };
};

export const operationText = (options: { readonly description: string }) =>
  parsedText(parseOperation, { title: 'METHOD /path', examples: ['GET /users/{id}', '* /reports/*'], ...options });

export const operation = (text: string): WrittenOperation => meaning(parseOperation, text);
