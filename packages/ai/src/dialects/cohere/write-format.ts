import type { ChatRequest } from '../../canonical/chat-request.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { describedSchema } from '../chat-shaped/function-tools.ts';

export interface WrittenFormat {
  readonly format: JsonFields | undefined;
  /** What has to be said instead. */
  readonly instruction: string | undefined;
}

/** Cohere refuses a format beside tools: that of a schema cannot be had otherwise, that of any JSON can be asked for. */
export function writeFormat(request: ChatRequest, losses: Losses): WrittenFormat {
  const { format } = request.output;
  if (format === undefined) return { format: undefined, instruction: undefined };
  const tools = request.dialect !== 'cohere' && callable(request);
  if (format.kind === 'json') {
    if (!tools) return { format: { type: 'json_object' }, instruction: undefined };
    losses.add('emulated', 'response_format');
    return { format: undefined, instruction: 'Answer with one JSON object and nothing else.' };
  }
  if (tools) {
    throw new Untranslatable('The provider of this model takes no schema of answers beside tools.', 'response_format');
  }
  const json_schema = fitSchema(describedSchema(format), {}, { losses, where: 'response_format', tool: false });
  return { format: { type: 'json_object', json_schema }, instruction: undefined };
}

/** Tools that must not be called need not be there. */
export function callable({ tools, toolChoice }: ChatRequest): boolean {
  return tools.length > 0 && toolChoice?.mode !== 'none';
}
