import { quote, suggestion } from '../problems/nearest.ts';
import type { Place } from '../problems/report.ts';
import type { PromptSource, PromptVersionSource } from '../schema/prompt-schema.ts';
import { checkReference, type Compilation } from './compilation.ts';
import { messagesOf, versionsOf, type WrittenMessage } from './compile-prompts.ts';
import { isDirect, type ProviderNames } from './model-access.ts';

/** What this room needs to know of prompts; whoever compiles hands it in. */
export interface PromptLanguage {
  /** The variables that stand in a template, or the first of its braces that are none. */
  readTemplate(template: string): { readonly variables: readonly string[] } | { readonly stray: string };
  /** What cannot be checked of a JSON Schema: `place` as `.properties.age.minimum`, and the end of a sentence about it. */
  schemaProblems(schema: Readonly<Record<string, unknown>>): readonly SchemaProblem[];
}

interface SchemaProblem {
  readonly place: string;
  readonly message: string;
}

export interface PromptTools extends ProviderNames {
  readonly language: PromptLanguage | undefined;
}

const VERSION_FIELDS = ['model', 'template', 'messages', 'variables', 'output', 'parameters'] as const;

export function checkPrompts(compilation: Compilation, tools: PromptTools): void {
  for (const prompt of Object.values(compilation.source.ai?.prompts ?? {})) {
    checkVersions(prompt, compilation);
    for (const version of Object.values(versionsOf(prompt))) {
      if (version === prompt && compilation.places.wrote(prompt, 'versions')) continue;
      checkVersion(version, { compilation, tools });
    }
  }
}

function checkVersions(prompt: PromptSource, compilation: Compilation): void {
  const { places, report } = compilation;
  const { live, versions } = prompt;
  if (!places.wrote(prompt, 'versions')) {
    const message = `${quote('live')} has no meaning without ${quote('versions')}, leave it out`;
    if (live !== undefined) report.problem(places.key(prompt, 'live'), message);
    return;
  }
  for (const field of VERSION_FIELDS) {
    const message = `${quote(field)} belongs into one of ${quote('versions')}, write it there`;
    if (places.wrote(prompt, field)) report.problem(places.key(prompt, field), message);
  }
  const known = new Set(Object.keys(versions ?? {}));
  if (versions === undefined) return;
  if (live !== undefined) {
    checkReference({ noun: 'version', holder: prompt, key: 'live', name: live, known }, compilation);
  } else if (known.size > 1 && !places.wrote(prompt, 'live')) {
    const message = `${quote('live')} is missing, write which of ${quote('versions')} callers get who ask for none`;
    report.problem(places.key(prompt, 'versions'), message);
  }
}

interface Around {
  readonly compilation: Compilation;
  readonly tools: PromptTools;
}

function checkVersion(version: PromptVersionSource, around: Around): void {
  const { compilation, tools } = around;
  const { places, report, declared } = compilation;
  const { model, output } = version;
  if (!places.wrote(version, 'model')) report.problem(places.of(version), `${quote('model')} is missing, write it`);
  else if (model !== undefined && !isDirect(model, tools.direct)) {
    checkReference({ noun: 'model', holder: version, key: 'model', name: model, known: declared.models }, compilation);
  }
  checkTexts(version, compilation);
  checkVariables(version, compilation);
  if (tools.language === undefined) return;
  checkTemplates(version, tools.language, compilation);
  if (output === undefined) return;
  for (const { place, message } of tools.language.schemaProblems(output.schema)) {
    const found = placeWithin(output.schema, place, compilation);
    report.problem(found.place, `${quote(found.key ?? 'schema')} ${message}`);
  }
}

function checkTexts(version: PromptVersionSource, { places, report }: Compilation): void {
  const template = places.wrote(version, 'template');
  const several = places.wrote(version, 'messages');
  if (template && several) {
    const message = `${quote('messages')} stand instead of ${quote('template')}, write one of the two`;
    report.problem(places.key(version, 'messages'), message);
  } else if (!template && !several) {
    report.problem(
      places.of(version),
      `${quote('template')} or ${quote('messages')} are missing, write one of the two`,
    );
  }
  const { messages } = version;
  // Without the one that was left out for another problem there is nothing to be said of all.
  const whole = messages?.every((holder) => Object.keys(holder).length === 1) ?? false;
  if (!template && whole && !messages?.some(({ user }) => user !== undefined)) {
    report.problem(
      places.key(version, 'messages'),
      `${quote('messages')} hold none of the ${quote('user')}, write one`,
    );
  }
  for (const { holder, key, text } of messagesOf(version)) {
    if (!/\S/.test(text)) report.problem(places.at(holder, key), `${quote(key)} is empty, write what is said`);
  }
}

function checkTemplates(version: PromptVersionSource, language: PromptLanguage, compilation: Compilation): void {
  const { places, report } = compilation;
  const known = Object.keys(version.variables);
  const used = new Set<string>();
  let readable = true;
  for (const message of messagesOf(version)) {
    const { holder, key, text } = message;
    const read = language.readTemplate(text);
    readable &&= 'variables' in read;
    if ('stray' in read) report.problem(places.at(holder, key), strayMessage(message, read.stray, compilation));
    for (const name of 'variables' in read ? read.variables : []) {
      used.add(name);
      if (places.wrote(version.variables, name)) continue;
      report.problem(places.at(holder, key), unknownMessage(message, { name, known }, compilation));
    }
  }
  if (!readable) return;
  for (const name of known) {
    const message = `the variable ${quote(name)} stands in no message, leave it out or write \`{{${name}}}\``;
    if (!used.has(name)) report.problem(places.key(version.variables, name), message);
  }
}

/** What came from the environment is not told. */
function asWritten({ holder, key, text }: WrittenMessage, { places }: Compilation): boolean {
  return places.written(holder, key).startsWith(text);
}

function strayMessage(message: WrittenMessage, stray: string, compilation: Compilation): string {
  const where = asWritten(message, compilation) ? ` at ${quote(stray)}` : '';
  return `${quote(message.key)} has braces${where} that are no \`{{variable}}\`, write \`\\{{\` for two braces`;
}

function unknownMessage(
  message: WrittenMessage,
  { name, known }: { readonly name: string; readonly known: readonly string[] },
  compilation: Compilation,
): string {
  if (!asWritten(message, compilation)) return `${quote(message.key)} uses an unknown variable, describe it`;
  if (known.length === 0) return `unknown variable ${quote(name)}, describe it under ${quote('variables')}`;
  return `unknown variable ${quote(name)}, ${suggestion(name, known)}`;
}

function checkVariables({ variables }: PromptVersionSource, { places, report }: Compilation): void {
  for (const [name, variable] of Object.entries(variables)) {
    if (typeof variable === 'string') continue;
    const listed = places.wrote(variable, 'values');
    if (variable.type === 'enum' && !listed) {
      const message = `${quote('values')} are missing in ${quote(name)}, write what an enum may be`;
      report.problem(places.key(variables, name), message);
    } else if (variable.type !== 'enum' && listed) {
      const message = `${quote('values')} have no meaning here, write ${quote('type: enum')} or leave them out`;
      report.problem(places.key(variable, 'values'), message);
    }
  }
}

/** Follows `.properties.age` into what was read, as far as it goes. Names may hold dots themselves. */
function placeWithin(value: object, path: string, { places }: Compilation): { place: Place; key: string | undefined } {
  let at = value;
  let rest = path;
  let found: { place: Place; key: string | undefined } = { place: places.of(value), key: undefined };
  while (rest !== '') {
    const members = new Map<string, unknown>(Object.entries(at));
    const key = [...members.keys()].find((name) => rest === `.${name}` || rest.startsWith(`.${name}.`));
    if (key === undefined) break;
    found = { place: places.key(at, key), key };
    rest = rest.slice(key.length + 1);
    const inside = members.get(key);
    if (typeof inside !== 'object' || inside === null) break;
    at = inside;
  }
  return found;
}
