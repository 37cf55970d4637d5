import type { compare, judge, ServiceError } from '@gatehouse/services';

/* Both ends of the channel are this program's own threads, of one version: nobody else can write to it. */

export interface Verdicts {
  readonly lint: ReturnType<typeof judge>;
  readonly compare: ReturnType<typeof compare>;
}

export interface Order {
  readonly kind: keyof Verdicts;
  /** As it came, not yet checked. */
  readonly input: unknown;
  readonly nowMs: number;
}

export type Judgement<Kind extends keyof Verdicts = keyof Verdicts> =
  | { readonly body: Verdicts[Kind] }
  | { readonly refusal: string; readonly facts?: ServiceError['facts'] };

export function asOrder(message: unknown): Order {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as Order;
}

export function asJudgement<Kind extends keyof Verdicts>(message: unknown): Judgement<Kind> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as Judgement<Kind>;
}
