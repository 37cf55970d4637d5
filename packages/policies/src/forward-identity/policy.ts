import { claimText } from '../claim-text.ts';
import { definePolicy } from '../define-policy.ts';
import type { PolicyTools, Principal } from '../policy.ts';
import { fieldText } from './field-text.ts';
import { IdentityTokens } from './identity-tokens.ts';
import type { Config } from './schema.ts';

export const forwardIdentity = definePolicy({
  name: 'forward-identity',
  stage: 'shape',
  build({ headers, jwt }: Config, { runtime }: PolicyTools) {
    const fields = Object.entries(headers).map(([name, fact]) => ({ name: name.toLowerCase(), tell: factOf(fact) }));
    const tokens = jwt && new IdentityTokens(jwt, runtime);
    const own = [...fields.map(({ name }) => name), ...(jwt === undefined ? [] : [jwt.header.toLowerCase()])];
    return {
      onRequest({ principal, startedAt, upstreamHeaders }) {
        // Of callers whom nobody knows too: else they could say themselves who they are.
        for (const name of own) upstreamHeaders.remove(name);
        if (principal === undefined) return undefined;
        for (const { name, tell } of fields) {
          const text = tell(principal);
          if (text !== undefined) upstreamHeaders.add(name, text);
        }
        if (tokens !== undefined) upstreamHeaders.add(tokens.header, tokens.of(principal, startedAt));
        return undefined;
      },
    };
  },
});

type Tell = (principal: Principal) => string | undefined;

const FACTS: Readonly<Record<string, Tell>> = {
  subject: ({ subject }) => written(subject),
  scopes: ({ scopes }) => listed(scopes, ' '),
  groups: ({ groups }) => listed(groups, ','),
  application: ({ application }) => written(application === '' ? undefined : application),
  credential: ({ credential }) => written(credential === '' ? undefined : credential),
  owner: ({ owner }) => written(owner),
  team: ({ team }) => written(team),
  plan: ({ plan }) => written(plan),
  method: ({ method }) => method,
};

function factOf(fact: string): Tell {
  const claim = /^claim:(.+)$/.exec(fact)?.[1];
  if (claim !== undefined) return (principal) => written(claimText(principal, claim));
  return FACTS[fact] ?? (() => undefined);
}

function written(text: string | undefined): string | undefined {
  return text === undefined ? undefined : fieldText(text);
}

/** What stands between two of them stands in none. */
function listed(words: readonly string[], between: ' ' | ','): string | undefined {
  if (words.length === 0) return undefined;
  const code = between === ' ' ? '%20' : '%2C';
  return words.map((word) => fieldText(word).replaceAll(between, code)).join(between);
}
