import type { ServiceError } from '@gatehouse/services';

/* Both ends of the channel are this program's own threads, of one version: nobody else can write to it. */

export interface Order {
  readonly kind: 'lint' | 'compare';
  /** As it came, not yet checked. */
  readonly input: unknown;
  readonly nowMs: number;
}

export type Judgement =
  | { readonly body: Readonly<Record<string, unknown>> }
  | { readonly refusal: string; readonly facts?: ServiceError['facts'] };

export function asOrder(message: unknown): Order {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as Order;
}

export function asJudgement(message: unknown): Judgement {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as Judgement;
}
