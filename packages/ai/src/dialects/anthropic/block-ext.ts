import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import type { Ext } from '../../canonical/chat-request.ts';

/**
 * What a block, a tool or a wish said in this dialect beyond its canonical form. It rides on the object itself, so that
 * it is found again however turns are shaped, and copies keep it; to everybody else it does not exist.
 */
export interface BlockExt {
  /** Members without a canonical place. */
  readonly members?: JsonFields;
  /** The block as it came, for those of which the canonical form holds the text alone. */
  readonly whole?: JsonFields;
  /** Parts of a tool's result that are neither text nor media, by where they stood. */
  readonly parts?: JsonFields;
}

export function withExt(ext: BlockExt): { readonly ext?: Ext } {
  const said = Object.entries(ext).filter(([, value]) => value !== undefined);
  return said.length === 0 ? {} : { ext: { anthropic: Object.fromEntries(said) } };
}

export function extOf(block: object, part: keyof BlockExt): JsonFields | undefined {
  const ext: unknown = 'ext' in block ? block.ext : undefined;
  const own = isJsonFields(ext) ? ext['anthropic'] : undefined;
  const value = isJsonFields(own) ? own[part] : undefined;
  return isJsonFields(value) ? value : undefined;
}
