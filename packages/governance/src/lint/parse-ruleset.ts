import { isObject, listOf, namedOf, textOf, type JsonObject, type Path } from '../document/json-value.ts';
import { UnreadableDocument, type SpecDocument } from '../document/spec-document.ts';
import { DEFAULT_OPTIONS, type LintOptions } from './options.ts';
import { levelIn, packOf, PACKS, type Level } from './packs.ts';
import { readOptions } from './read-options.ts';
import { rulesAt, type Ruleset } from './ruleset.ts';
import { RULES, ruleOf } from './rules.ts';
import type { CustomRule } from './spectral/custom-rule.ts';
import { customRuleOf } from './spectral/read-custom-rule.ts';
import { SPECTRAL_NAMES, SPECTRAL_OTHERS } from './spectral/spectral-names.ts';

/**
 * A ruleset of ours or of Spectral: `extends`, `rules`, `aliases`, `overrides` and our `options`. What we do not do
 * (functions in JavaScript, files and addresses to extend) is refused, never left out. Throws `UnreadableDocument`.
 */
export function parseRuleset(document: SpecDocument, { file }: { readonly file: string }): Ruleset {
  return new RulesetReader(document).read(file);
}

const KNOWN = new Set([
  'extends',
  'rules',
  'options',
  'aliases',
  'overrides',
  'documentationUrl',
  'formats',
  'description',
]);
/** Of Spectral's numbers and names. Its `hint` is our info. */
const LEVELS: ReadonlyMap<unknown, Level | 'own'> = new Map<unknown, Level | 'own'>([
  ['error', 'error'],
  ['warn', 'warning'],
  ['warning', 'warning'],
  ['info', 'info'],
  ['hint', 'info'],
  ['off', 'off'],
  [0, 'error'],
  [1, 'warning'],
  [2, 'info'],
  [3, 'info'],
  [-1, 'off'],
  [false, 'off'],
  [true, 'own'],
]);

class RulesetReader {
  readonly #document: SpecDocument;
  readonly #levels = new Map<string, Level>();
  readonly #custom = new Map<string, CustomRule>();
  #options: LintOptions = DEFAULT_OPTIONS;

  constructor(document: SpecDocument) {
    this.#document = document;
  }

  read(file: string): Ruleset {
    const { root } = this.#document;
    if (!isObject(root)) throw this.#wrong([], 'is no ruleset: expected `extends`, `rules` or `options`');
    const strange = Object.keys(root).find((name) => !KNOWN.has(name));
    if (strange !== undefined) throw this.#wrong([strange], `\`${strange}\` is not supported in a ruleset`);
    this.#extends(root['extends']);
    this.#options = readOptions(this.#document, root['options'], this.#options);
    this.#rules(root, []);
    for (const [i, override] of listOf(root['overrides']).entries()) this.#override(override, ['overrides', i], file);
    return { rules: rulesAt(this.#levels), options: this.#options, custom: [...this.#custom.values()] };
  }

  #extends(value: unknown): void {
    const given = typeof value === 'string' ? [value] : listOf(value);
    for (const [i, item] of given.entries()) {
      const path = typeof value === 'string' ? ['extends'] : ['extends', i];
      const [name, how] = Array.isArray(item) ? listOf(item) : [item];
      const pack = packOf(name === 'spectral:oas' ? 'recommended' : (textOf(name) ?? ''));
      if (pack === undefined) {
        const packs = Object.keys(PACKS).join(', ');
        throw this.#wrong(path, `${JSON.stringify(name)} cannot be extended; there are ${packs} and spectral:oas`);
      }
      for (const rule of RULES) this.#levels.set(rule.id, how === 'off' ? 'off' : levelIn(pack, rule));
      this.#options = { ...this.#options, ...pack.options };
    }
  }

  #rules(from: JsonObject, path: Path): void {
    const aliases = isObject(this.#document.root) ? this.#document.root['aliases'] : undefined;
    if (from['rules'] !== undefined && !isObject(from['rules']))
      throw this.#wrong([...path, 'rules'], 'expected names');
    for (const [name, value] of namedOf(from['rules'])) {
      const at = [...path, 'rules', name];
      if (isObject(value) && value['given'] !== undefined) this.#own(name, { value, at, aliases });
      else this.#level(name, value, at);
    }
  }

  #own(name: string, { value, at, aliases }: { value: JsonObject; at: Path; aliases: unknown }): void {
    const level = value['severity'] === undefined ? 'warning' : LEVELS.get(value['severity']);
    if (level === undefined)
      throw this.#wrong([...at, 'severity'], `${JSON.stringify(value['severity'])} is no severity`);
    if (ruleOf(name) !== undefined) throw this.#wrong(at, `${name} is a rule of Gatehouse; give yours another name`);
    const rule = customRuleOf(this.#document, { name, value, path: at, aliases });
    if (level === 'off') this.#custom.delete(name);
    else this.#custom.set(name, { ...rule, severity: level === 'own' ? 'warning' : level });
  }

  /** Of a rule that is known: ours by its id, ours under the name that Spectral has for it, or one defined before. */
  #level(name: string, value: unknown, at: Path): void {
    const level = LEVELS.get(isObject(value) ? value['severity'] : value);
    if (level === undefined) throw this.#wrong(at, `${JSON.stringify(value)} is no severity and no rule`);
    const custom = this.#custom.get(name);
    if (custom !== undefined) {
      if (level === 'off') this.#custom.delete(name);
      else if (level !== 'own') this.#custom.set(name, { ...custom, severity: level });
      return;
    }
    if (level === 'off' && SPECTRAL_OTHERS.has(name)) return;
    const rule = ruleOf(name) ?? ruleOf(SPECTRAL_NAMES.get(name) ?? '');
    if (rule === undefined)
      throw this.#wrong(at, `no rule is named \`${name}\`; \`gatehouse lint --explain\` lists them`);
    this.#levels.set(rule.id, level === 'own' ? rule.severity : level);
  }

  /** For files that match; with a pointer (`a.yaml#/paths`) it is a waiver, which wants a reason. */
  #override(value: unknown, path: Path, file: string): void {
    if (!isObject(value)) throw this.#wrong(path, 'expected `files` and `rules`');
    const files = listOf(value['files']).filter((glob) => typeof glob === 'string');
    if (files.length === 0) throw this.#wrong(path, 'expected `files`, a list of patterns');
    if (files.some((glob) => glob.includes('#'))) {
      throw this.#wrong([...path, 'files'], 'pointers are not supported here; use --waivers');
    }
    if (value['extends'] !== undefined) throw this.#wrong([...path, 'extends'], 'overrides cannot extend');
    if (files.some((glob) => matchesGlob(file, glob))) this.#rules(value, path);
  }

  #wrong(path: Path, message: string): UnreadableDocument {
    return new UnreadableDocument(message, this.#document.placeOf(path));
  }
}

/** `*` within a name, `**` across folders; a pattern without a folder matches in all of them. */
function matchesGlob(file: string, glob: string): boolean {
  const source = glob
    .replace(/^\.\//, '')
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) => GLOB.get(part) ?? part.replace(/[\\^$.+()[\]{}|]/g, '\\$&'))
    .join('');
  return new RegExp(`^(?:.*/)?${source}$`).test(file.replaceAll('\\', '/'));
}

const GLOB: ReadonlyMap<string, string> = new Map([
  ['**/', '(?:.*/)?'],
  ['**', '.*'],
  ['*', '[^/]*'],
  ['?', '[^/]'],
]);
