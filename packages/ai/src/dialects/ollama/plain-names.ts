import type { WireNames } from '../../canonical/wire-names.ts';

/** Ollama takes any name. */
export const plainNames: WireNames = {
  toWire: (name) => name,
  fromWire: (wire) => wire,
};
