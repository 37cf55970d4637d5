import type { Filling, OtherId } from '../changes.ts';
import type { OpenApi } from '../canonicalise/open-api.ts';
import type { Direction } from '../variance.ts';
import type { PairNode, SchemaComparison } from './schema-comparison.ts';

/** Where a change is, and whether it counts. */
export interface Scope {
  /** As people read it, such as `GET /users/{id}`; '' for the document. */
  readonly operation: string;
  /** The same without names of path parameters. */
  readonly key: string;
  /** In front of every path, such as `callbacks.paid.`. */
  readonly at: string;
  /** What we send and callers take: webhooks and callbacks, where all directions are reversed. */
  readonly reversed: boolean;
  /** Drafts may change as they like. */
  readonly counted: boolean;
}

export interface Noted {
  readonly id: OtherId;
  readonly scope: Scope;
  readonly path: string;
  readonly filling: Filling;
}

/** Schemas that meet at a place of an operation. */
export interface SchemaRoot {
  readonly scope: Scope;
  readonly path: string;
  readonly pair: PairNode;
  /** Of a parameter that callers send: its default is what they get when they leave it out. */
  readonly isParameter: boolean;
}

/** Both documents, and what has been found so far. */
export class Report {
  readonly old: OpenApi;
  readonly new: OpenApi;
  readonly schemas: SchemaComparison;
  readonly noted: Noted[] = [];
  readonly roots: SchemaRoot[] = [];

  constructor({ old, new: newer, schemas }: Readonly<{ old: OpenApi; new: OpenApi; schemas: SchemaComparison }>) {
    this.old = old;
    this.new = newer;
    this.schemas = schemas;
  }

  note(scope: Scope, id: OtherId, filling: Filling & { readonly path?: string } = {}): void {
    const { path = '', ...rest } = filling;
    this.noted.push({ id, scope, path, filling: rest });
  }

  /** Schemas that are not written allow all. */
  meet(scope: Scope, place: Readonly<{ path: string; direction: Direction; isParameter?: boolean }>, pair: Met): void {
    const [old, newer] = pair.map((schema) => schema ?? true);
    const met = this.schemas.pairOf(this.old.nodes.nodeOf(old), this.new.nodes.nodeOf(newer), place.direction);
    this.roots.push({ scope, path: place.path, pair: met, isParameter: place.isParameter ?? false });
  }
}

export type Met = readonly [old: unknown, newer: unknown];

/** The way a request goes, unless all is reversed. */
export function inbound({ reversed }: Scope): Direction {
  return reversed ? 'response' : 'request';
}

export function outbound({ reversed }: Scope): Direction {
  return reversed ? 'request' : 'response';
}
