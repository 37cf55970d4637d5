import type { Identification, Plugin } from '@gatehouse/plugin';

interface Config {
  readonly url: string;
}

const KNOWN_MS = 30_000;

/** Asks a partner's server who holds the token of `X-Partner-Token`, and remembers the answer for half a minute. */
const partnerToken: Plugin<Config> = {
  stage: 'identify',
  summary: "Finds out who calls by a partner's tokens.",
  schema: {
    type: 'object',
    required: ['url'],
    properties: { url: { type: 'string', description: 'Asked with the token as a Bearer credential.' } },
  },
  build({ url }, { runtime, scope }) {
    // Kept when the configuration is published anew, under a name that nobody else uses.
    const known = runtime.state(
      `partner-token ${scope}`,
      () => new Map<string, { subject: string; untilMs: number }>(),
    );
    return {
      challenge: 'Partner realm="partners"',
      onIdentify(exchange) {
        const token = exchange.request.header('x-partner-token');
        if (token === undefined) return undefined;
        const kept = known.get(token);
        if (kept !== undefined && kept.untilMs > runtime.clock.monotonic()) return found(kept.subject);
        return ask(token);
      },
    };

    async function ask(token: string): Promise<Identification> {
      const answer = await runtime.ask({
        method: 'GET',
        url,
        headers: [['authorization', `Bearer ${token}`]],
        timeoutMs: 1000,
        bytesMax: 10_000,
      });
      if (answer.status !== 200) return { code: 'auth.invalid', detail: 'the partner does not know this token' };
      const subject = answer.body.toString('utf8');
      if (known.size > 10_000) known.clear();
      known.set(token, { subject, untilMs: runtime.clock.monotonic() + KNOWN_MS });
      return found(subject);
    }
  },
};

function found(subject: string): Identification {
  return { caller: { credential: undefined, subject, fields: ['x-partner-token'] } };
}

export default partnerToken;
