import { mkdirSync, readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Position } from '@gatehouse/record/spool';

/** How far a receiver has come: the frame that it is in, and how many of its lines are done with. */
export interface Place extends Position {
  readonly lines: number;
}

export const BEGINNING: Place = { sequence: 0, offset: 0, lines: 0 };

export function samePlace(a: Place, b: Place): boolean {
  return a.sequence === b.sequence && a.offset === b.offset && a.lines === b.lines;
}

/** A place on disk. It is replaced as a whole, so whoever reads it finds the old or the new one. */
export class PlaceFile {
  readonly #path: string;

  constructor(file: string) {
    this.#path = file;
  }

  /** `undefined` where there is none; the beginning where what is there cannot be read, so that nothing is left out. */
  load(): Place | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
    return parsePlace(text) ?? BEGINNING;
  }

  async save({ sequence, offset, lines }: Place): Promise<void> {
    mkdirSync(path.dirname(this.#path), { recursive: true, mode: 0o700 });
    const next = `${this.#path}.new`;
    const file = await open(next, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ sequence, offset, lines })}\n`);
      // Else a power cut could leave the new name with nothing behind it.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, this.#path);
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}

export function parsePlace(text: string): Place | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { sequence, offset, lines } = Object.fromEntries(
    ['sequence', 'offset', 'lines'].map((name) => [name, count(Reflect.get(value, name))]),
  );
  return sequence === undefined || offset === undefined || lines === undefined
    ? undefined
    : { sequence, offset, lines };
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}
