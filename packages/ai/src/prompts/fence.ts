import { hash } from 'node:crypto';

/** Marks around values that come from strangers. */
export interface Fence {
  wrap(name: string, value: string): string;
}

/**
 * The marks hold an id that is in none of the texts, so that no value can close its own fence or another's. It is made
 * of the values themselves: nobody can write a text that holds its own hash, and the same values always make the same
 * prompt, which a response cache can find again.
 */
export function fenceAgainst(texts: readonly string[]): Fence {
  let id = idOf(texts, 0);
  for (let attempt = 1; texts.some((text) => text.includes(id)); attempt++) id = idOf(texts, attempt);
  return {
    wrap: (name, value) => `<untrusted-${name}-${id}>\n${value}\n</untrusted-${name}-${id}>`,
  };
}

const ID_CHARS = 16;

function idOf(texts: readonly string[], attempt: number): string {
  return hash('sha256', JSON.stringify([attempt, texts]), 'hex').slice(0, ID_CHARS);
}
