export type Level = 'ok' | 'warning' | 'failed';

/** What one look at something came to. */
export interface Verdict {
  readonly level: Level;
  /** What is there; where it is not as it should be, what to do. May have several lines. */
  readonly detail: string;
}

export interface Finding extends Verdict {
  /** Of what, in one short word. */
  readonly name: string;
}

export const fine = (detail: string): Verdict => ({ level: 'ok', detail });
export const doubtful = (detail: string): Verdict => ({ level: 'warning', detail });
export const wrong = (detail: string): Verdict => ({ level: 'failed', detail });

/** Of something that fails by throwing a message that says what to do. */
export async function verdictOf(look: () => string | Promise<string>): Promise<Verdict> {
  try {
    return fine(await look());
  } catch (error) {
    return wrong(reasonOf(error));
  }
}

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `3 files`, `1 file`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
