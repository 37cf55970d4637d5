import { describe, expect, it } from 'vitest';
import { failure, reply } from './__fixtures__/specs.ts';
import { isGatewayFailure, isServerFailure, type Outcome, penaltyMs } from './outcome.ts';

describe('an outcome', () => {
  it.each<[string, Outcome, { gateway: boolean; server: boolean; penalty: number }]>([
    ['200', reply(200), { gateway: false, server: false, penalty: 0 }],
    ['302', reply(302), { gateway: false, server: false, penalty: 0 }],
    ['404', reply(404), { gateway: false, server: false, penalty: 0 }],
    ['429', reply(429), { gateway: false, server: false, penalty: 5000 }],
    ['429 with Retry-After', reply(429, { retryAfterMs: 20_000 }), { gateway: false, server: false, penalty: 20_000 }],
    ['500', reply(500), { gateway: false, server: true, penalty: 5000 }],
    ['501', reply(501), { gateway: false, server: true, penalty: 5000 }],
    ['502', reply(502), { gateway: true, server: true, penalty: 5000 }],
    ['503', reply(503), { gateway: true, server: true, penalty: 5000 }],
    ['503 with Retry-After', reply(503, { retryAfterMs: 1000 }), { gateway: true, server: true, penalty: 1000 }],
    ['503 with a Retry-After of 0', reply(503, { retryAfterMs: 0 }), { gateway: true, server: true, penalty: 5000 }],
    ['503 for a day', reply(503, { retryAfterMs: 86_400_000 }), { gateway: true, server: true, penalty: 300_000 }],
    ['504', reply(504), { gateway: true, server: true, penalty: 5000 }],
    ['200 with Retry-After', reply(200, { retryAfterMs: 1000 }), { gateway: false, server: false, penalty: 0 }],
    ['connect', failure('connect'), { gateway: true, server: true, penalty: 5000 }],
    ['reset', failure('reset'), { gateway: true, server: true, penalty: 5000 }],
    ['timeout', failure('timeout'), { gateway: true, server: true, penalty: 5000 }],
    ['cancelled', failure('cancelled'), { gateway: false, server: false, penalty: 0 }],
  ])('%s is judged', (_name, outcome, expected) => {
    expect({
      gateway: isGatewayFailure(outcome),
      server: isServerFailure(outcome),
      penalty: penaltyMs(outcome),
    }).toEqual(expected);
  });
});
