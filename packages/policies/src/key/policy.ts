import { BEARER, hideQuery, isFollowedByRival, queryValue, tokenRefusal } from '../bearer.ts';
import { definePolicy } from '../define-policy.ts';
import type { Exchange, Identification, PolicyTools } from '../policy.ts';
import type { Config } from './schema.ts';

export const key = definePolicy({
  name: 'key',
  stage: 'identify',
  build(config: Config, tools: PolicyTools) {
    const { credentials } = tools.runtime;
    const names = config.headers.map((name) => name.toLowerCase());
    const isLast = !isFollowedByRival(tools);

    /** Undefined: it may be a token of another kind, which the next policy knows. */
    const byField = (exchange: Exchange, name: string, value: string): Identification => {
      const credential = credentials.key(value);
      if (credential === undefined) return name === 'authorization' && !isLast ? undefined : UNKNOWN;
      // No upstream sees another key beside it either.
      const fields = names.filter((other) => other === name || other !== 'authorization');
      if (config.query !== undefined) hideQuery(exchange, config.query);
      return { caller: { credential, subject: undefined, fields } };
    };

    const byQuery = (exchange: Exchange, parameter: string): Identification => {
      const value = queryValue(exchange.request.query, parameter);
      if (value === undefined || value === '') return undefined;
      const credential = credentials.key(value);
      if (credential === undefined) return UNKNOWN;
      hideQuery(exchange, parameter);
      return { caller: { credential, subject: undefined, fields: [] } };
    };

    return {
      challenge: BEARER,
      onIdentify(exchange) {
        for (const name of names) {
          const value = keyIn(name, exchange.request.header(name));
          const found = value === undefined ? undefined : byField(exchange, name, value);
          if (found !== undefined) return found;
        }
        return config.query === undefined ? undefined : byQuery(exchange, config.query);
      },
    };
  },
});

const UNKNOWN = tokenRefusal('auth.invalid', 'the key is not known here');

function keyIn(name: string, value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  return name === 'authorization' ? /^bearer +(\S+) *$/i.exec(value)?.[1] : value;
}
