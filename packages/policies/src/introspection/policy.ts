import { hash } from 'node:crypto';
import { BEARER, isFollowedByRival, TokenReader, tokenRefusal, UNAVAILABLE, type ShownToken } from '../bearer.ts';
import { definePolicy } from '../define-policy.ts';
import { milliseconds } from '../parsed-units.ts';
import type { Exchange, Identification, PolicyTools } from '../policy.ts';
import { claimProblem, clientOf, wordsOf, type ClaimRules, type Claims } from '../token-claims.ts';
import { AnswerBook } from './answer-book.ts';
import { askAbout } from './ask-about.ts';
import type { Config } from './schema.ts';

export const introspection = definePolicy({
  name: 'introspection',
  stage: 'identify',
  build(config: Config, tools: PolicyTools) {
    const { runtime } = tools;
    const { issuer } = config;
    const places = new TokenReader(config.from);
    const isLast = !isFollowedByRival(tools);
    const id = hash('sha256', JSON.stringify(config), 'base64url');
    // Apart, so that a server that hangs keeps nobody from another.
    const book = runtime.state(`introspection ${id}`, () => new AnswerBook());
    const keptMs = { active: milliseconds(config.cache), other: milliseconds(config.negativeCache) };
    const rules: ClaimRules = {
      // An answer need not say whose token it is: the server was asked that is trusted.
      issuer: undefined,
      audience: config.audience === undefined ? undefined : [config.audience],
      leewayMs: 0,
      requireExp: false,
      required: [],
    };

    const settle = (exchange: Exchange, shown: ShownToken, claims: Claims | undefined): Identification => {
      // It may be a key, or a token of another server.
      if (claims === undefined) return isLast ? tokenRefusal('auth.invalid', 'the token is not active') : undefined;
      const isOther = issuer !== undefined && claims['iss'] !== undefined && claims['iss'] !== issuer;
      if (isOther) return tokenRefusal('auth.invalid', 'the token is from another issuer');
      const problem = claimProblem(claims, rules, exchange.startedAt);
      if (problem !== undefined) return tokenRefusal(problem.code, problem.detail);
      const client = clientOf({ client_id: claims['client_id'], sub: claims['sub'] });
      const credential = issuer === undefined ? undefined : runtime.credentials.client(issuer, client);
      const subject = [claims['sub'], claims['username']].find((value) => typeof value === 'string');
      const fields = config.forward ? [] : places.hidden(exchange, shown);
      const scopes = wordsOf(claims, config.scopes);
      return { caller: { credential, subject, scopes, groups: wordsOf(claims, config.groups), claims, fields } };
    };

    const asked = async (exchange: Exchange, shown: ShownToken, key: string): Promise<Identification> => {
      try {
        const ask = async (): Promise<Claims | undefined> => askAbout(shown.token, config, runtime);
        const claims = await book.ask(key, { ask, keptMs, nowMs: () => runtime.clock.monotonic() });
        return settle(exchange, shown, claims);
      } catch (error) {
        // Nobody is let through because nobody could be asked (reference: APISIX 3.18).
        const why = error instanceof Error ? error.message : String(error);
        runtime.log.warn('no answer about a token', { url: config.url, why });
        return UNAVAILABLE;
      }
    };

    return {
      challenge: BEARER,
      onIdentify(exchange) {
        const shown = places.shown(exchange);
        if (shown === undefined) return undefined;
        const key = id + hash('sha256', shown.token, 'base64url');
        const known = book.known(key, runtime.clock.monotonic());
        return known === undefined ? asked(exchange, shown, key) : settle(exchange, shown, known.claims);
      },
    };
  },
});
