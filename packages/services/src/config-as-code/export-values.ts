import { isSecretName, MASK, masked } from '../entities/sealed.ts';
import { unique } from './unique.ts';

const VARIABLE_CHARS_MAX = 64;

/** Values as a gatehouse.yaml has them: secrets as variables, each as one of its own, and nothing else as one. */
export class ExportedValues {
  readonly #variables = new Set<string>();

  /** `at`: where the file says it: `ai.providers.openai`. */
  of(value: unknown, at: string): unknown {
    return this.#withVariables(masked(value), { at, name: '' });
  }

  #withVariables(value: unknown, { at, name }: { readonly at: string; readonly name: string }): unknown {
    if (value === MASK && isSecretName(name)) return `\${${this.#variable(at)}}`;
    // Else it would be taken for a variable. By a function: `$$` is `$` in a text that replaces another.
    if (typeof value === 'string') return value.replaceAll('${', () => '$${');
    if (Array.isArray(value))
      return value.map((item, index) => this.#withVariables(item, { at: `${at}.${index}`, name }));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, this.#withVariables(item, { at: `${at}.${key}`, name: key })]),
    );
  }

  /** `ai.providers.openai.apiKey` → `AI_PROVIDERS_OPENAI_API_KEY` */
  #variable(at: string): string {
    const words = at.replaceAll(/([a-z])([A-Z])/g, '$1_$2').replaceAll(/[^A-Za-z0-9]+/g, '_');
    const wanted = words
      .toUpperCase()
      .slice(-VARIABLE_CHARS_MAX)
      .replace(/^[^A-Z_]+/, '');
    return unique(wanted, { used: this.#variables, joint: '_' });
  }
}
