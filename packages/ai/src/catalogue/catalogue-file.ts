import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FeeName, RateName } from '../pricing/prices.ts';

/** `catalogue.json`, which `scripts/catalogue.ts` writes. */
export interface CatalogueFile {
  readonly format: 1;
  /** The npm package whose facts these are, with its version and the day it was published. */
  readonly source: string;
  readonly version: string;
  readonly date: string;
  readonly providers: Readonly<Record<string, SourceProvider>>;
}

export interface SourceProvider {
  /** Sellers of others' models: where to look for what is not listed here. */
  readonly fallbacks?: readonly string[];
  /** The first that matches a name is the model. */
  readonly models: readonly SourceModel[];
}

export interface SourceModel extends Matcher {
  readonly id: string;
  readonly context?: number;
  /** The last row that holds at the time of the call; if none does, the first. Absent: unknown. */
  readonly prices?: readonly PriceRow[];
}

/** Any of them is enough; a model without any is called by its id. In lower case. */
export interface Matcher {
  readonly equals?: readonly string[];
  readonly starts?: readonly string[];
  readonly contains?: readonly string[];
  readonly ends?: readonly string[];
  readonly regex?: readonly string[];
  /** All of a list have to match. */
  readonly all?: readonly (readonly Matcher[])[];
}

export interface PriceRow extends Readonly<Partial<Record<RateName | FeeName, number>>> {
  /** From this day on, UTC. */
  readonly from?: string;
  /** Between these seconds of every day, UTC; the end may lie before the start. */
  readonly daily?: readonly [number, number];
  readonly tiers?: readonly TierRow[];
}

export interface TierRow extends Readonly<Partial<Record<RateName, number>>> {
  readonly above: number;
}

export function readCatalogueFile(): CatalogueFile {
  return ownFile(JSON.parse(readFileSync(path.join(import.meta.dirname, 'catalogue.json'), 'utf8')));
}

/** It comes with the program, and a test holds it to its shape. */
function ownFile(content: unknown): CatalogueFile {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return content as CatalogueFile;
}
