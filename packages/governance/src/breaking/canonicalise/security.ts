import { canonicalText } from './canonical-text.ts';
import { fieldOf, isObject, listOf, objectOf, textOf, type RawObject } from './raw-value.ts';
import type { References } from './references.ts';

/** What one way to get in asks for: all of these at once. Scheme in its one form → scopes. Empty: nothing. */
export type Alternative = ReadonlyMap<string, ReadonlySet<string>>;

/** The security schemes of one document. */
export class SecuritySchemes {
  readonly schemes: ReadonlyMap<string, RawObject>;
  readonly #root: unknown;
  readonly #oauthCount: number;

  constructor(root: unknown, references: References) {
    this.#root = root;
    const written = Object.entries(objectOf(fieldOf(fieldOf(root, 'components'), 'securitySchemes')));
    this.schemes = new Map(written.map(([name, scheme]) => [name, objectOf(references.resolve(scheme))]));
    this.#oauthCount = [...this.schemes.values()].filter((scheme) => scheme['type'] === 'oauth2').length;
  }

  /** The ways to get in, of which one suffices. Without any, or with an empty one, nobody is asked. */
  alternativesOf(operation: RawObject): readonly Alternative[] {
    const written = Array.isArray(operation['security']) ? operation['security'] : fieldOf(this.#root, 'security');
    const alternatives = listOf(written).filter(isObject);
    return alternatives.length === 0 ? [new Map()] : alternatives.map((alternative) => this.#alternative(alternative));
  }

  /** What callers have to send, not what the scheme is called. Several of OAuth are told apart by their names. */
  keyOf(name: string): string {
    const scheme = this.schemes.get(name);
    const alone = this.#oauthCount === 1 && fieldOf(scheme, 'type') === 'oauth2';
    return alone ? 'oauth2' : schemeKey(name, scheme);
  }

  #alternative(written: RawObject): Alternative {
    const asked = new Map<string, ReadonlySet<string>>();
    for (const [name, scopes] of Object.entries(written)) {
      const key = this.keyOf(name);
      asked.set(
        key,
        new Set([...(asked.get(key) ?? []), ...listOf(scopes).filter((scope) => typeof scope === 'string')]),
      );
    }
    return asked;
  }
}

function schemeKey(name: string, scheme: RawObject | undefined): string {
  const part = (key: string): string => textOf(fieldOf(scheme, key)) ?? '';
  switch (part('type')) {
    case 'apiKey': {
      const key = part('in') === 'header' ? part('name').toLowerCase() : part('name');
      return `apiKey ${part('in')} ${key}`;
    }
    case 'http':
      return `http ${part('scheme').toLowerCase()}`;
    case 'openIdConnect':
      return `openIdConnect ${part('openIdConnectUrl')}`;
    case 'mutualTLS':
      return 'mutualTLS';
    case 'oauth2':
      return `oauth2 ${name}`;
    default:
      return scheme === undefined ? `unknown ${name}` : `${name} ${canonicalText(scheme)}`;
  }
}

/** Whoever does what `old` asks for has done what `newer` asks for. */
export function suffices(old: Alternative, newer: Alternative): boolean {
  return [...newer].every(([scheme, scopes]) => scopes.isSubsetOf(old.get(scheme) ?? NONE) && old.has(scheme));
}

const NONE: ReadonlySet<string> = new Set();

export function alternativeText(alternative: Alternative): string {
  if (alternative.size === 0) return 'none';
  const texts = [...alternative].map(([scheme, scopes]) =>
    scopes.size === 0 ? scheme : `${scheme} (${[...scopes].toSorted().join(', ')})`,
  );
  return texts.toSorted().join(' and ');
}
