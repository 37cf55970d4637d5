import type { Entity } from '@gatehouse/store';
import { kindOf } from '../kinds/kinds.ts';
import { handlerOf } from './handlers.ts';

/** What a gatehouse.yaml has no words for, so that nobody takes an export for all that there is. */
export class LeftOut {
  readonly lines: string[] = [];

  leave(what: string): void {
    this.lines.push(`${what}: kept in the store`);
  }

  /** What people have written of something that no file says of it. `also`: members that this one does not say either. */
  unsaid({ kind, data }: Entity, what: string, also: readonly string[] = []): void {
    const said = new Set(handlerOf(kind).fields.filter((field) => !also.includes(field)));
    const fields = Object.keys(kindOf(kind).fields.properties);
    const left = fields.filter((field) => data[field] !== undefined && !said.has(field));
    if (left.length > 0) this.leave(`of ${what} ${left.join(', ')}`);
  }
}
