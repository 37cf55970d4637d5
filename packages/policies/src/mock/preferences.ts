export interface Preferences {
  readonly code: number | undefined;
  readonly example: string | undefined;
  /** Fields that say what was kept to (RFC 7240 §3). */
  readonly applied: readonly (readonly [string, string])[];
}

/** `Prefer: code=404, example=none` (RFC 7240), as other mock servers read it too. */
export function preferences(prefer: string | undefined): Preferences {
  const code = wordOf('code', prefer);
  const example = wordOf('example', prefer);
  const status = code !== undefined && /^[2-5]\d\d$/.test(code) ? Number(code) : undefined;
  const kept = [
    ...(status === undefined ? [] : [`code=${status}`]),
    ...(example === undefined ? [] : [`example=${example}`]),
  ];
  return { code: status, example, applied: kept.length === 0 ? [] : [['preference-applied', kept.join(', ')]] };
}

function wordOf(name: string, prefer = ''): string | undefined {
  const found = new RegExp(
    `(?:^|[,;])\\s*${name}\\s*=\\s*(?:"([\\w .-]{1,100})"|([\\w.-]{1,100}))\\s*(?:[,;]|$)`,
    'i',
  ).exec(prefer);
  return found?.[1] ?? found?.[2];
}
