import type { HashSpec } from '../snapshot.ts';
import { meaning, parsedText, type Parse } from './parsed.ts';

export type HashKey = Pick<HashSpec, 'by' | 'name'>;

const FORM = /^(?:(ip|path|application)|(header|cookie|query):([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}))$/;
const WRONG = 'is nothing to hash, write ip, path, application, header:NAME, cookie:NAME or query:NAME';

const parseHashKey: Parse<HashKey> = (text) => {
  const [, plain, named, name = ''] = FORM.exec(text) ?? [];
  const by = kindOf(plain ?? named);
  if (by === undefined) return { wrong: WRONG };
  return { value: { by, name: by === 'header' ? name.toLowerCase() : name } };
};

function kindOf(text: string | undefined): HashKey['by'] | undefined {
  return KINDS.find((kind) => kind === text);
}

const KINDS = ['ip', 'path', 'application', 'header', 'cookie', 'query'] as const;

export const hashKeyText = (options: { readonly description: string; readonly default: string }) =>
  parsedText(parseHashKey, {
    title: 'what is hashed',
    pattern: FORM.source,
    examples: ['ip', 'application', 'header:x-user', 'cookie:session', 'query:id', 'path'],
    ...options,
  });

/** `header:X-User` → `{ by: 'header', name: 'x-user' }` */
export const hashKey = (text: string): HashKey => meaning(parseHashKey, text);
