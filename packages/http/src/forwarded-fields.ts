import { FIELD, REMOVED, UNDERSCORE, WITHHELD } from './field-names.ts';
import { STRIP_FROM_REQUEST } from './hop-by-hop.ts';
import type { RequestHead } from './request-head.ts';
import { tableAt } from './table-read.ts';

/** Fields of a caller's head that an upstream would see, names in lower case; framing aside. The head stays as it is. */
export function forwardedFields({ fields }: RequestHead): [name: string, value: string][] {
  const nominated = new Set(
    (fields.joined(FIELD.connection) ?? '').split(',').map((name) => name.trim().toLowerCase()),
  );
  const forwarded: [string, string][] = [];
  for (let i = 0; i < fields.count; i++) {
    const id = fields.idAt(i);
    if (id === REMOVED || id === WITHHELD || id === UNDERSCORE || id === FIELD['content-length']) continue;
    if (tableAt(STRIP_FROM_REQUEST, id) === 1) continue;
    const name = fields.nameAt(i).toLowerCase();
    if (!nominated.has(name)) forwarded.push([name, fields.valueAt(i)]);
  }
  return forwarded;
}
