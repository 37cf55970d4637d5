import { basePath } from '../forms/path-pattern.ts';
import type { PromptMessage, PromptVersionSpec, PublishedPromptSpec, VariableSpec } from '../prompt-spec.ts';
import type { AiSource } from '../schema/ai-schema.ts';
import type { PromptSource, PromptVersionSource } from '../schema/prompt-schema.ts';

/** The one that a prompt has which names none. */
const ONLY = '1';
/** YAML ends a block of text with a line break that nobody means. */
const LAST_BREAK = /\n$/;

/** Of prompts that were checked: one that is not whole keeps the snapshot from being used. */
export function promptSpecs({ prompts, basePath: base }: AiSource): Readonly<Record<string, PublishedPromptSpec>> {
  const specs = Object.entries(prompts).map(([name, prompt]) => {
    const versions = versionsOf(prompt);
    const { path = `/prompts/${name}`, description, dryRun, live } = prompt;
    return [
      name,
      {
        name,
        path: basePath(base) + basePath(path),
        description,
        dryRun,
        current: live ?? Object.keys(versions)[0] ?? ONLY,
        versions: Object.fromEntries(Object.entries(versions).map(([key, one]) => [key, versionSpec(one)])),
      },
    ] as const;
  });
  return Object.fromEntries(specs);
}

export function versionsOf(prompt: PromptSource): Readonly<Record<string, PromptVersionSource>> {
  return prompt.versions ?? { [ONLY]: prompt };
}

/** One message of a prompt, and where its text is written. */
export interface WrittenMessage extends PromptMessage {
  readonly holder: object;
  readonly key: string;
}

export function messagesOf(version: PromptVersionSource): readonly WrittenMessage[] {
  const { template, messages = [] } = version;
  if (template !== undefined) return [{ role: 'user', text: block(template), holder: version, key: 'template' }];
  return messages.flatMap((holder) =>
    ROLES.flatMap((role) => {
      const written = holder[role];
      return written === undefined ? [] : [{ role, text: block(written), holder, key: role }];
    }),
  );
}

const ROLES = ['system', 'developer', 'user', 'assistant'] as const;

function block(written: string): string {
  return written.replace(LAST_BREAK, '');
}

function versionSpec(version: PromptVersionSource): PromptVersionSpec {
  const { model = '', variables, output, parameters } = version;
  const { maxOutputTokens, ...sampling } = parameters ?? {};
  return {
    model,
    messages: messagesOf(version).map(({ role, text }) => ({ role, text })),
    variables: Object.fromEntries(Object.entries(variables).map(([name, one]) => [name, variableSpec(one)])),
    output,
    sampling: parameters && sampling,
    maxOutputTokens,
  };
}

function variableSpec(written: PromptVersionSource['variables'][string]): VariableSpec {
  return typeof written === 'string' ? { type: written } : written;
}
