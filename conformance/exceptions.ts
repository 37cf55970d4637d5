/** Cells of the matrix that are not as the table says, each with its reason. `*` stands for all. */
export interface Exception {
  readonly clients: readonly string[];
  readonly vendors: readonly string[];
  readonly scenarios: readonly string[];
  readonly modes?: 'plain' | 'streamed';
  readonly reason: string;
}

export interface Place {
  readonly client: string;
  readonly vendor: string;
  readonly scenario: string;
  readonly stream: boolean;
}

export function exceptionFor(list: readonly Exception[], place: Place): Exception | undefined {
  const { client, vendor, scenario, stream } = place;
  const names = (set: readonly string[], name: string): boolean => set.includes('*') || set.includes(name);
  return list.find(
    (one) =>
      names(one.clients, client) &&
      names(one.vendors, vendor) &&
      names(one.scenarios, scenario) &&
      (one.modes === undefined || (one.modes === 'streamed') === stream),
  );
}

/** What the gate refuses because it would be something else than what was asked (reference §3.2, R!). */
export const REFUSED: readonly Exception[] = [
  {
    clients: ['*'],
    vendors: ['cohere', 'ollama'],
    scenarios: ['document'],
    reason: 'The vendor takes no PDF; a caller who sends one has not asked for an answer without it.',
  },
];

/** What is not yet as it should be: these tests must fail, so that who mends it has to take it off this list. */
export const GAPS: readonly Exception[] = [];

/** The same for what vendors' failures look like. */
export const FAILURE_GAPS: readonly Exception[] = [];
