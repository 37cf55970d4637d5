import { fillTemplate, parseTemplate, type PathTemplate } from '../path-template.ts';
import { queryValue } from '../path-values.ts';
import type { Exchange } from '../policy.ts';
import type { Config } from './schema.ts';

/** Takes and gives a query with its `?`, or ''. Undefined where a value names what the route lacks. */
export type QueryEdit = (query: string, exchange: Exchange) => string | undefined;

/** What is not named stays as it came, byte for byte. */
export function queryEdit({ set, remove }: NonNullable<Config['query']>): QueryEdit {
  const added = Object.entries(set).map(([name, value]) => [encodeURIComponent(name), valueTemplate(value)] as const);
  const gone = new Set([...remove, ...Object.keys(set)]);
  return (query, exchange) => {
    const kept = query
      .slice(1)
      .split('&')
      .filter((pair) => pair !== '' && !gone.has(nameIn(pair)));
    for (const [name, template] of added) {
      const value = fillTemplate(template, (each) => queryValue(each, exchange));
      if (value === undefined) return undefined;
      kept.push(`${name}=${value}`);
    }
    return kept.length === 0 ? '' : `?${kept.join('&')}`;
  };
}

function valueTemplate(value: string): PathTemplate {
  return parseTemplate(value).map(({ literal, param }) => ({ literal: encodeURIComponent(literal), param }));
}

/** As whoever reads it reads it: `%61` is an `a`. What cannot be decoded is named as it stands. */
function nameIn(pair: string): string {
  const name = (pair.split('=', 1)[0] ?? '').replaceAll('+', ' ');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
