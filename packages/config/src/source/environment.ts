/** The environment, as an argument. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Substitution {
  readonly text: string;
  /** Whether anything of the text came from the environment. */
  readonly substituted: boolean;
  readonly problems: readonly SubstitutionProblem[];
}

export interface SubstitutionProblem {
  /** The `${…}` at fault. */
  readonly written: string;
  readonly message: string;
}

const MARK = /\$\$\{|\$\{([^}]*)(\}?)/g;

/**
 * Replaces each `${NAME}` of a scalar that was already parsed, so that a value can never become structure;
 * `$${` stands for the text `${`.
 */
export function substitute(text: string, environment: Environment): Substitution {
  if (!text.includes('${')) return { text, substituted: false, problems: [] };
  const problems: SubstitutionProblem[] = [];
  let substituted = false;
  const replaced = text.replaceAll(MARK, (written: string, name: string | undefined, close: string) => {
    if (name === undefined) return '${';
    substituted = true;
    const found = lookUp(name, { closed: close !== '', environment });
    if (typeof found === 'string') return found;
    problems.push({ written, message: found.message });
    return '';
  });
  return { text: replaced, substituted, problems };
}

function lookUp(
  name: string,
  { closed, environment }: { readonly closed: boolean; readonly environment: Environment },
): string | { readonly message: string } {
  if (!closed) return { message: 'a `${` is not closed, write `${NAME}`, or `$${` for the text `${`' };
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) {
    return { message: 'what stands in `${}` is no name of a variable, write letters, digits and _' };
  }
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  return (
    value ?? {
      message: `the environment variable \`${name}\` is not set, set it or write \`$\${\` for the text \`\${\``,
    }
  );
}
