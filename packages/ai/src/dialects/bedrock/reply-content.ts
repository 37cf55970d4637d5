import type { Block } from '../../canonical/chat-request.ts';
import type { ReadContext } from '../../canonical/dialect.ts';
import { customInput } from './object-input.ts';
import { customTools, requestNames } from './request-names.ts';

/** Turns what the model called back into what the caller named it. */
export interface CallNames {
  nameOf(wire: string): string;
  isCustom(name: string): boolean;
}

export function callNames({ request }: ReadContext): CallNames {
  const names = requestNames(request);
  const custom = customTools(request);
  return { nameOf: (wire) => names.fromWire(wire), isCustom: (name) => custom.has(name) };
}

export function withCallerNames(block: Block, names: CallNames): Block {
  if (block.type !== 'tool_call') return block;
  const name = names.nameOf(block.name);
  return names.isCustom(name) ? { ...block, name, input: customInput(block.input), custom: true } : { ...block, name };
}
