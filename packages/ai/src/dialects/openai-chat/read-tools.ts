import type { Tool, ToolChoice } from '../../canonical/chat-request.ts';
import { fieldsOf, type Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { readCacheMark } from './read-content.ts';

/** `tools`, the `functions` of old, and the search that is asked for beside them. */
export function readTools(request: Members): Tool[] {
  const search = request.fields('web_search_options');
  return [
    ...request.each('tools').map(readTool),
    ...request.each('functions').map(readFunction),
    ...(search === undefined ? [] : [hosted('web_search', { web_search_options: search })]),
  ];
}

function readTool(tool: Members): Tool {
  const type = tool.text('type') ?? 'function';
  const cache = present({ cache: readCacheMark(tool) });
  if (type === 'function') {
    return { ...readFunction(tool.inside('function') ?? tool.refuse('function', 'must be an object')), ...cache };
  }
  if (type === 'custom') {
    return { ...readCustom(tool.inside('custom') ?? tool.refuse('custom', 'must be an object')), ...cache };
  }
  return hosted(type, { type, ...tool.rest() });
}

function readFunction(definition: Members): Tool {
  return {
    kind: 'function',
    name: definition.name('name'),
    ...present({
      description: definition.text('description'),
      schema: definition.fields('parameters'),
      strict: definition.flag('strict'),
    }),
  };
}

/** A grammar is kept as `{syntax, definition}`. */
function readCustom(definition: Members): Tool {
  const grammar = definition.inside('format')?.fields('grammar');
  return {
    kind: 'custom',
    name: definition.name('name'),
    ...present({ description: definition.text('description'), grammar }),
  };
}

function hosted(name: string, definition: NonNullable<Tool['hosted']>['definition']): Tool {
  return { kind: 'hosted', name, hosted: { dialect: 'openai-chat', definition } };
}

/** `tool_choice`, or the `function_call` of old. */
export function readToolChoice(request: Members): ToolChoice | undefined {
  const legacy = request.value('function_call');
  const choice = request.value('tool_choice') ?? legacy;
  if (choice === undefined) return undefined;
  if (typeof choice === 'string') return modeOf(choice) ?? request.refuse('tool_choice', 'has an unknown value');
  if (fieldsOf(choice) === undefined) return request.refuse('tool_choice', 'must be a string or an object');
  if (request.value('tool_choice') === undefined) return named(request.inside('function_call'));
  return readChoice(request, request.inside('tool_choice'));
}

function modeOf(word: string): ToolChoice | undefined {
  if (word === 'auto' || word === 'none' || word === 'required') return { mode: word };
  return word === 'any' ? { mode: 'required' } : undefined;
}

function named(holder: Members | undefined): ToolChoice | undefined {
  return holder && { mode: 'named', name: holder.name('name') };
}

function readChoice(request: Members, choice: Members | undefined): ToolChoice | undefined {
  const type = choice?.text('type') ?? '';
  if (type === 'function' || type === 'custom') return named(choice?.inside(type) ?? choice);
  const allowed = type === 'allowed_tools' ? (choice?.inside('allowed_tools') ?? choice) : undefined;
  if (allowed === undefined) return modeOf(type) ?? request.refuse('tool_choice', 'has an unknown type');
  return {
    mode: 'allowed',
    required: allowed.text('mode') === 'required',
    names: allowed.each('tools').map((tool) => (tool.inside('function') ?? tool.inside('custom') ?? tool).name('name')),
  };
}
