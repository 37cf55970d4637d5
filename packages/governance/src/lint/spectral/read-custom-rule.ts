import { isObject, listOf, namedOf, textOf, type JsonObject, type Path } from '../../document/json-value.ts';
import { UnreadableDocument, type SpecDocument } from '../../document/spec-document.ts';
import type { Check, CustomRule } from './custom-rule.ts';
import { CORE_FUNCTIONS, regexOf } from './functions.ts';
import { parseJsonPath, type JsonPath } from './json-path.ts';
import { UnsupportedPath } from './unsupported-path.ts';

interface Written {
  readonly name: string;
  readonly value: JsonObject;
  readonly path: Path;
  readonly aliases: unknown;
}

const FIELDS = new Set(
  'given then severity message description documentationUrl formats recommended resolved type tags enabled'.split(' '),
);
/** Aliases that name aliases. */
const ALIAS_STEPS_MAX = 20;

/** A rule as Spectral writes it, with `given` and `then`. Throws `UnreadableDocument`, with the place. */
export function customRuleOf(document: SpecDocument, { name, value, path, aliases }: Written): CustomRule {
  const wrong = (at: Path, message: string): UnreadableDocument =>
    new UnreadableDocument(message, document.placeOf(at));
  const strange = Object.keys(value).find((field) => !FIELDS.has(field));
  if (strange !== undefined) throw wrong([...path, strange], `\`${strange}\` is not supported in a rule`);
  const given = typeof value['given'] === 'string' ? [value['given']] : listOf(value['given']);
  const then = Array.isArray(value['then']) ? listOf(value['then']) : [value['then']];
  if (given.length === 0) throw wrong([...path, 'given'], 'expected a JSONPath');
  return {
    name,
    severity: 'warning',
    message: textOf(value['message']) ?? '',
    description: textOf(value['description']) ?? '',
    resolved: value['resolved'] !== false,
    given: given.flatMap((one) => pathsOf(one, aliases, (message) => wrong([...path, 'given'], message))),
    checks: then.map((one) => checkOf(one, (message) => wrong([...path, 'then'], message))),
  };
}

type Wrong = (message: string) => UnreadableDocument;

function pathsOf(given: unknown, aliases: unknown, wrong: Wrong): readonly JsonPath[] {
  let texts = [textOf(given) ?? ''];
  for (let step = 0; texts.some((text) => text.startsWith('#')); step++) {
    if (step > ALIAS_STEPS_MAX) throw wrong('the aliases lead in a circle');
    texts = texts.flatMap((text) => (text.startsWith('#') ? aliased(text, aliases, wrong) : [text]));
  }
  return texts.map((text) => {
    try {
      return parseJsonPath(text);
    } catch (error) {
      if (error instanceof UnsupportedPath) throw wrong(error.message);
      throw error;
    }
  });
}

/** `#Name` or `#Name.more`. */
function aliased(text: string, aliases: unknown, wrong: Wrong): readonly string[] {
  const name = /^#([\w-]+)/.exec(text)?.[1] ?? '';
  const found = new Map(namedOf(aliases)).get(name);
  const targets = isObject(found) ? listOf(found['targets']).flatMap((target) => givenOf(target)) : found;
  const texts = typeof targets === 'string' ? [targets] : listOf(targets).filter((one) => typeof one === 'string');
  if (texts.length === 0) throw wrong(`no alias is named \`${name}\``);
  return texts.map((one) => one + text.slice(name.length + 1));
}

function givenOf(target: unknown): readonly unknown[] {
  const given = isObject(target) ? target['given'] : undefined;
  return typeof given === 'string' ? [given] : listOf(given);
}

function checkOf(value: unknown, wrong: Wrong): Check {
  if (!isObject(value)) throw wrong('expected `function`, and `field` where it is about one');
  const name = textOf(value['function']) ?? '';
  const run = Object.hasOwn(CORE_FUNCTIONS, name) ? CORE_FUNCTIONS[name] : undefined;
  if (run === undefined) {
    throw wrong(`the function \`${name}\` is not supported; there are ${Object.keys(CORE_FUNCTIONS).join(', ')}`);
  }
  const options = isObject(value['functionOptions']) ? value['functionOptions'] : {};
  requireOptions(name, options, wrong);
  const field = textOf(value['field']);
  if (field?.startsWith('$') === true) pathsOf(field, undefined, wrong);
  return { field, run, options };
}

/** What a function cannot do without. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  pattern: ['match', 'notMatch'],
  casing: ['type'],
  length: ['min', 'max'],
  enumeration: ['values'],
  schema: ['schema'],
  xor: ['properties'],
  or: ['properties'],
  unreferencedReusableObject: ['reusableObjectsLocation'],
};

function requireOptions(name: string, options: JsonObject, wrong: Wrong): void {
  const needed = NEEDED[name];
  if (needed !== undefined && !needed.some((option) => options[option] !== undefined)) {
    throw wrong(`\`${name}\` needs \`functionOptions\` with ${needed.map((one) => `\`${one}\``).join(' or ')}`);
  }
  for (const option of ['match', 'notMatch']) {
    try {
      regexOf(name === 'pattern' ? options[option] : undefined);
    } catch {
      throw wrong(`\`${option}\` is no regular expression`);
    }
  }
}
