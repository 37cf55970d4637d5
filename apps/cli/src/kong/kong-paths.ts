/** A path of Kong as the gate writes it. */
export interface KongPath {
  /** Literal prefix, '' for the root. */
  readonly prefix: string;
  /** Below it. */
  readonly path: string;
  /** The gate's pattern takes more than Kong's. */
  readonly wider: boolean;
}

/** `/users` is that path and everything below; `~/users/(?<id>[^/]+)$` is an expression. Undefined: cannot be said here. */
export function kongPath(text: string): KongPath | undefined {
  if (!text.startsWith('~')) {
    const plain = text.replace(/\/+$/, '');
    return /[*{}\s?#%\\]|^[^/]|\/\//.test(plain) ? undefined : { prefix: plain, path: '/*', wider: false };
  }
  const whole = text.endsWith('$');
  const source = text.slice(1, whole ? -1 : undefined).replace(/^\^/, '');
  if (!source.startsWith('/')) return undefined;
  const names = new Set<string>();
  let wider = false;
  const segments = splitSegments(source.slice(1)).map((segment, index) => {
    if (/^[\w~.-]*$/.test(segment.replaceAll('\\.', '')) && !/(?<!\\)\./.test(segment))
      return segment.replaceAll('\\', '');
    const match = /^(?:\((?:\?<(\w+)>)?)?(\[\^\/\]\+|\\d\+|\\w\+|\[\\w-\]\+|\[a-z0-9-\]\+|\[0-9\]\+|\.\+)\)?$/.exec(
      segment,
    );
    if (match === null || match[2] === '.+') return undefined;
    wider ||= match[2] !== '[^/]+';
    const name = match[1] ?? `part${index + 1}`;
    if (names.has(name)) return undefined;
    names.add(name);
    return `{${name}}`;
  });
  if (segments.some((segment) => segment === undefined || segment === '')) return undefined;
  return { prefix: '', path: `/${segments.join('/')}${whole ? '' : '/*'}`, wider };
}

/** At slashes that stand in no class and no group. */
function splitSegments(source: string): string[] {
  const segments = [''];
  let depth = 0;
  for (const char of source) {
    if (char === '[' || char === '(') depth++;
    if (char === ']' || char === ')') depth--;
    if (char === '/' && depth === 0) segments.push('');
    else segments.push(`${segments.pop() ?? ''}${char}`);
  }
  return segments;
}
