import type { Json } from '../canonical/json.ts';
import { type Prompt, type PromptVersion } from './compile-prompt.ts';
import { variablesSchema } from './variables-schema.ts';

/** What callers may know of a prompt: what it takes and gives, not how it is worded. */
export interface PromptCard {
  readonly prompt: string;
  readonly description?: string;
  /** The one that is described. */
  readonly version: string;
  /** The one for callers who name none. */
  readonly live: string;
  readonly versions: readonly string[];
  readonly model: string;
  /** JSON Schema of the body. */
  readonly variables: Json;
  /** JSON Schema of `output`. */
  readonly output: Json;
}

export function promptCard(prompt: Prompt, version: PromptVersion, description: string | undefined): PromptCard {
  return {
    prompt: prompt.name,
    ...(description !== undefined && { description }),
    version: version.version,
    live: prompt.current.version,
    versions: [...prompt.versions.keys()],
    model: version.spec.model,
    variables: variablesSchema(version),
    output: version.schema ?? { type: 'string' },
  };
}
