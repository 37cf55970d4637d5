import type { ChatRequest, Tool } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { mustCall, writeFunctionTools } from '../chat-shaped/function-tools.ts';
import { callable } from './write-format.ts';

/** An empty list is refused, and so are tools beside a format. */
export function writeTools(request: ChatRequest, names: WireNames, losses: Losses): JsonFields {
  const { toolChoice, output } = request;
  const left = output.format === undefined || request.dialect === 'cohere' || callable(request);
  const rules = {
    names,
    losses,
    strict: 'elsewhere',
    // A single tool that must be called is the one that was named.
    narrows: ['allowed', 'named'],
  } as const;
  const tools = left ? writeFunctionTools(request, rules) : [];
  if (tools.length === 0) {
    if (mustCall(toolChoice)) losses.add('dropped', 'tool_choice');
    return {};
  }
  const strict = request.tools.filter(isStrict).length;
  // Schemas bind for all tools or for none.
  if (strict > 0 && strict < request.tools.length) losses.add('dropped', 'strict');
  const choice = mustCall(toolChoice) ? 'REQUIRED' : toolChoice?.mode === 'none' ? 'NONE' : undefined;
  return {
    tools,
    ...(strict === request.tools.length && { strict_tools: true }),
    ...(choice !== undefined && { tool_choice: choice }),
  };
}

function isStrict({ strict }: Tool): boolean {
  return strict === true;
}
