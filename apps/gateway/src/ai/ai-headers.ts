export function headerLines(headers: Readonly<Record<string, string>>): string {
  return linesOf({ 'content-type': 'application/json', ...headers });
}

export function linesOf(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

export function budgetHeader(left: string | undefined): Readonly<Record<string, string>> {
  return left === undefined ? {} : { 'x-gatehouse-budget': left };
}

export function lossHeader(losses: readonly string[]): Readonly<Record<string, string>> {
  return losses.length === 0 ? {} : { 'x-gatehouse-loss': losses.join(', ') };
}

/** Callers make up names of models. The wire keeps the low byte of each character, which may be a line break. */
export function headerText(text: string): string {
  return text.toWellFormed().replace(/[^\x21-\x7e]+/g, encodeURIComponent);
}

/** Rounded up; nothing for a time that waiting does not reach. */
export function secondsHeader(ms: number): Readonly<Record<string, string>> {
  return Number.isFinite(ms) ? { 'retry-after': String(Math.ceil(ms / 1000)) } : {};
}
