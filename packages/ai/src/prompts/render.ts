import type { ChatRequest, OutputWish, Turn } from '../canonical/chat-request.ts';
import { Untranslatable } from '../canonical/loss.ts';
import type { CompiledMessage, Prompt, PromptVersion } from './compile-prompt.ts';
import { fenceAgainst } from './fence.ts';
import { readVariables } from './read-variables.ts';
import { paramOf } from './variable-text.ts';

/**
 * The request that a prompt makes of variables. Values become text of the messages in which they stand, in one pass, and
 * nothing else: what looks like a variable in a value stays as it is. Throws `Untranslatable`, naming what is at fault.
 */
export function render(prompt: Prompt, version: string | undefined, variables: unknown): ChatRequest {
  const chosen = versionOf(prompt, version);
  const texts = fenced(chosen, readVariables(chosen, variables));
  checkLength(chosen, texts);
  const messages = chosen.messages.map((message) => ({ role: message.role, text: messageText(message, texts) }));
  const begins = messages.findIndex(({ role }) => role === 'user' || role === 'assistant');
  const { model, sampling = {}, maxOutputTokens } = chosen.spec;
  return {
    dialect: 'openai-chat',
    model,
    stream: false,
    instructions: messages.slice(0, begins).flatMap(({ role, text }) => {
      return role === 'system' || role === 'developer' ? [{ role, text }] : [];
    }),
    turns: messages.slice(begins).map(({ role, text }): Turn => ({ role, blocks: [{ type: 'text', text }] })),
    tools: [],
    sampling,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    output: outputOf(chosen),
    cache: {},
    includeUsage: false,
    ext: {},
  };
}

/** Throws `Untranslatable` for a version that there is not. */
export function versionOf(prompt: Prompt, version: string | undefined): PromptVersion {
  const chosen = version === undefined ? prompt.current : prompt.versions.get(version);
  if (chosen === undefined) throw new Untranslatable('The prompt has no such version.', 'version');
  return chosen;
}

/** The values as they stand in the messages. */
function fenced({ messages, variables }: PromptVersion, values: ReadonlyMap<string, string>): Map<string, string> {
  const untrusted = [...values].filter(([name]) => variables.get(name)?.untrusted === true);
  const fixed = messages.flatMap(({ parts }) => parts.flatMap((part) => ('text' in part ? [part.text] : [])));
  const texts = new Map(values);
  if (untrusted.length > 0) {
    const fence = fenceAgainst([...values.values(), ...fixed]);
    for (const [name, value] of untrusted) texts.set(name, fence.wrap(name, value));
  }
  return texts;
}

/** Of all messages together, however often a value stands in them. */
const TEXT_CHARS_MAX = 2 * 1024 * 1024;

function checkLength({ messages }: PromptVersion, texts: ReadonlyMap<string, string>): void {
  let chars = 0;
  for (const { parts } of messages) {
    for (const part of parts) chars += ('text' in part ? part.text : (texts.get(part.variable) ?? '')).length;
  }
  if (chars > TEXT_CHARS_MAX) throw new Untranslatable('The variables make the prompt too long.', 'variables');
}

/** A message that variables empty would be gone, and the turns would not be those that were written. */
function messageText({ parts }: CompiledMessage, texts: ReadonlyMap<string, string>): string {
  const text = parts.map((part) => ('text' in part ? part.text : (texts.get(part.variable) ?? ''))).join('');
  if (/\S/.test(text)) return text;
  const [name] = parts.flatMap((part) => ('variable' in part ? [part.variable] : []));
  throw new Untranslatable('The variables leave a message empty.', name === undefined ? 'variables' : paramOf(name));
}

function outputOf({ prompt, spec: { output } }: PromptVersion): OutputWish {
  if (output === undefined) return {};
  const { schema, strict } = output;
  return { format: { kind: 'schema', name: prompt, schema, ...(strict !== undefined && { strict }) } };
}
