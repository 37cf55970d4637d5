/** Where an amount is counted: one period of one budget. */
export interface BudgetPlace {
  /** Halves of the key's hash. */
  readonly high: number;
  readonly low: number;
  /** Length and start of the period. */
  readonly kind: number;
}

export function placeName({ high, low, kind }: BudgetPlace): string {
  return `${high} ${low} ${kind}`;
}
