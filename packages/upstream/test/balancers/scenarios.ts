import type { UpstreamSpec } from '@gatehouse/config';
import { EJECTION } from '../../src/__fixtures__/specs.ts';

/** What an endpoint does with a request that begins at `nowMs`. */
export interface Behaviour {
  readonly latencyMs: number;
  /** Left out: 200. */
  readonly status?: number | 'connect';
}

export interface Scenario {
  readonly name: string;
  readonly what: string;
  /** Letters of endpoints, and from when on they are there. */
  readonly endpoints: readonly (readonly [names: string, fromMs: number])[];
  readonly rules?: Partial<UpstreamSpec>;
  /** `lot`: in [0, 1), drawn for each request. */
  behave(name: string, at: { readonly nowMs: number; readonly lot: number }): Behaviour;
}

const WELL: Behaviour = { latencyMs: 10 };
const DEAD: Behaviour = { latencyMs: 1, status: 'connect' };
const COLD_FROM_MS = 5000;
const WARM_MS = 8000;

/** Takes thirty times as long at first, and is as fast as the others after eight seconds. */
function coldStart(name: string, { nowMs }: { readonly nowMs: number }): Behaviour {
  const cold = name === 'e' ? Math.max(0, 1 - (nowMs - COLD_FROM_MS) / WARM_MS) : 0;
  return { latencyMs: WELL.latencyMs * (1 + 29 * cold) };
}

const COLD_ENDPOINTS = [
  ['abcd', 0],
  ['abcde', COLD_FROM_MS],
] as const;

export const SCENARIOS: readonly Scenario[] = [
  { name: 'all are well', what: 'five endpoints that take 10 ms', endpoints: [['abcde', 0]], behave: () => WELL },
  {
    name: 'one is slow',
    what: 'one of five takes 150 ms',
    endpoints: [['abcde', 0]],
    behave: (name) => (name === 'e' ? { latencyMs: 150 } : WELL),
  },
  {
    name: 'one fails fast',
    what: 'one of five answers 500 to two requests of three, within 1 ms',
    endpoints: [['abcde', 0]],
    behave: (name, { lot }) => (name === 'e' && lot < 2 / 3 ? { latencyMs: 1, status: 500 } : WELL),
  },
  {
    name: 'one flaps',
    what: 'one of five refuses connections for 2 s, works for 2 s, and so on',
    endpoints: [['abcde', 0]],
    behave: (name, { nowMs }) => (name === 'e' && nowMs % 4000 < 2000 ? DEAD : WELL),
  },
  {
    name: 'one starts cold',
    what: 'a fifth endpoint joins after 5 s and takes thirty times as long at first, less and less for 8 s',
    endpoints: COLD_ENDPOINTS,
    behave: coldStart,
  },
  {
    name: 'one starts cold, with slowStart',
    what: 'the same with `slowStart: { window: 10s }`',
    endpoints: COLD_ENDPOINTS,
    rules: { slowStart: { windowMs: 10_000, aggression: 1 } },
    behave: coldStart,
  },
  {
    name: 'half are dead',
    what: 'three of six refuse connections',
    endpoints: [['abcdef', 0]],
    behave: (name) => ('def'.includes(name) ? DEAD : WELL),
  },
  {
    name: 'half are dead, without ejection',
    what: 'the same with `ejection: { maxShare: 0% }`',
    endpoints: [['abcdef', 0]],
    rules: { ejection: { ...EJECTION, maxShare: 0 } },
    behave: (name) => ('def'.includes(name) ? DEAD : WELL),
  },
];
