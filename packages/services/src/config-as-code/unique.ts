/** The name, or with a number behind it where it is taken; taken from now on. */
export function unique(
  wanted: string,
  {
    used,
    joint = '-',
    charsMax = Infinity,
  }: { readonly used: Set<string>; readonly joint?: string; readonly charsMax?: number },
): string {
  for (let number = 1; ; number++) {
    const behind = number === 1 ? '' : `${joint}${number}`;
    const free = `${wanted.slice(0, charsMax - behind.length)}${behind}`;
    if (used.has(free)) continue;
    used.add(free);
    return free;
  }
}
