import type { Tool, ToolChoice } from '../../canonical/chat-request.ts';
import { withExt } from './block-ext.ts';
import { readMark } from './cache-mark.ts';
import type { FieldReader } from './field-reader.ts';
import type { NamedExtras } from './named-extras.ts';

export function readTools(request: FieldReader, extras: NamedExtras): Tool[] {
  return request.each('tools').map((tool) => readTool(tool, extras));
}

function readTool(tool: FieldReader, extras: NamedExtras): Tool {
  const type = tool.text('type') ?? 'custom';
  if (type !== 'custom') {
    const hosted = { dialect: 'anthropic', definition: tool.raw } as const;
    return { kind: 'hosted', name: tool.text('name') ?? type, hosted, ...readMark(tool) };
  }
  const description = tool.text('description');
  const schema = tool.fields('input_schema')?.raw;
  const strict = tool.flag('strict');
  const known = ['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'];
  const members = extras.of(tool, 'tools', known);
  return {
    kind: 'function',
    name: tool.needText('name'),
    ...(description !== undefined && { description }),
    ...(schema !== undefined && { schema }),
    ...(strict !== undefined && { strict }),
    ...readMark(tool),
    ...withExt({ ...(members !== undefined && { members }) }),
  };
}

export interface ChoiceRead {
  readonly toolChoice?: ToolChoice;
  readonly parallelTools?: boolean;
}

export function readToolChoice(request: FieldReader): ChoiceRead {
  const choice = request.fields('tool_choice');
  if (choice === undefined) return {};
  const disabled = choice.flag('disable_parallel_tool_use');
  return { toolChoice: choiceOf(choice), ...(disabled !== undefined && { parallelTools: !disabled }) };
}

function choiceOf(choice: FieldReader): ToolChoice {
  switch (choice.needText('type')) {
    case 'auto':
      return { mode: 'auto' };
    case 'none':
      return { mode: 'none' };
    case 'any':
      return { mode: 'required' };
    case 'tool':
      return { mode: 'named', name: choice.needText('name') };
    default:
      return choice.refuse('type', "must be 'auto', 'any', 'tool' or 'none'");
  }
}
