import type { ModelBalance } from '@gatehouse/config';
import { drawWeighted, lighterOfTwo, rendezvous, smallest, type Random } from './draw.ts';
import type { Candidate, Place } from './place.ts';

/** A place that may be called, and by which of its keys. */
interface Choice {
  readonly place: Place;
  /** At least one. */
  readonly usable: readonly Candidate[];
}

export interface Draw {
  readonly random: Random;
  readonly nowMs: number;
  readonly streaming: boolean;
  /** Calls with the same key stay together. */
  readonly affinityKey: string | undefined;
  /** What the call may cost there, in any unit; undefined where nobody knows. */
  readonly priceAt: (place: Place) => number | undefined;
}

/** How one of several places is chosen; `choices` holds at least one, in the order of the configuration. */
interface Balance {
  /** The places that are equally good, so that affinity may decide between them. */
  equals(choices: readonly Choice[], draw: Draw): readonly Choice[];
  pick(equals: readonly Choice[], draw: Draw): Candidate;
}

function choose(balance: ModelBalance, choices: readonly Choice[], draw: Draw): Candidate {
  const equals = BALANCES[balance].equals(choices, draw);
  if (draw.affinityKey === undefined) return BALANCES[balance].pick(equals, draw);
  const { usable } = rendezvous(equals, draw.affinityKey, BY_PLACE);
  return rendezvous(withoutReserves(usable), draw.affinityKey, BY_KEY);
}

const BY_PLACE = { labelOf: ({ place }: Choice) => place.label, weightOf };
// By the name of the key, so that sessions stay when it is renewed.
const BY_KEY = { labelOf: ({ attempt }: Candidate) => attempt.key.name, weightOf: keyWeight };

function weightOf({ place }: Choice): number {
  // Reserves come one at a time, when nothing else is left.
  return place.weight > 0 ? place.weight : 1;
}

function keyWeight({ weight }: Candidate): number {
  return weight > 0 ? weight : 1;
}

function withoutReserves(usable: readonly Candidate[]): readonly Candidate[] {
  const first = usable.filter(({ weight }) => weight > 0);
  return first.length === 0 ? usable : first;
}

const all = (choices: readonly Choice[]): readonly Choice[] => choices;

function keyByWeight({ usable }: Choice, { random }: Draw): Candidate {
  return drawWeighted(withoutReserves(usable), keyWeight, random);
}

const byWeight = (choices: readonly Choice[], draw: Draw): Candidate =>
  keyByWeight(drawWeighted(choices, weightOf, draw.random), draw);

const BALANCES: Readonly<Record<ModelBalance, Balance>> = {
  weighted: { equals: all, pick: byWeight },

  priority: { equals: (choices) => choices.slice(0, 1), pick: byWeight },

  cost: {
    equals: (choices, { priceAt }) => smallest(choices, ({ place }) => priceAt(place) ?? Infinity),
    pick: byWeight,
  },

  /** Expected time to the first token × calls that wait for theirs / weight. What nobody has measured is like the other. */
  latency: {
    equals: all,
    pick: (choices, draw) => {
      const { nowMs, streaming } = draw;
      const drawn = choices.map((choice) => keyByWeight(choice, draw));
      const ms = ({ target }: Candidate): number | undefined => target.estimate(streaming).at(nowMs);
      const load = (one: Candidate, other: Candidate): number =>
        ((ms(one) ?? ms(other) ?? 1) * (one.target.waiting + 1)) / (one.place.weight > 0 ? one.place.weight : 1);
      return lighterOfTwo(drawn, draw.random, (one, other) => load(one, other) < load(other, one));
    },
  },

  'least-busy': {
    equals: all,
    pick: (choices, draw) => {
      const choice = drawWeighted(smallest(choices, busyness), weightOf, draw.random);
      const least = smallest(withoutReserves(choice.usable), (key) => key.target.inFlight / keyWeight(key));
      return drawWeighted(least, keyWeight, draw.random);
    },
  },
};

/** Calls in flight in proportion to the weight. */
function busyness(choice: Choice): number {
  let inFlight = 0;
  for (const { target } of choice.place.candidates) inFlight += target.inFlight;
  return inFlight / weightOf(choice);
}

/** The places of a list that have a key which may be used. */
function choicesOf(places: readonly Place[], isUsable: (candidate: Candidate) => boolean): readonly Choice[] {
  const choices: Choice[] = [];
  for (const place of places) {
    const usable = place.candidates.filter(isUsable);
    if (usable.length > 0) choices.push({ place, usable });
  }
  return choices;
}

export interface ChoiceRule {
  readonly balance: ModelBalance;
  readonly isUsable: (candidate: Candidate) => boolean;
}

/** The first of these groups that has a usable place decides. */
export function chooseFrom(
  groups: readonly (readonly Place[])[],
  { balance, isUsable }: ChoiceRule,
  draw: Draw,
): Candidate | undefined {
  for (const group of groups) {
    const choices = choicesOf(group, isUsable);
    if (choices.length > 0) return choose(balance, choices, draw);
  }
  return undefined;
}
