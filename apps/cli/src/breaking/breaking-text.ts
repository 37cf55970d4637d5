import type { Breaking, Change, Level } from '@gatehouse/governance';

export interface TextInputs {
  readonly old: string;
  readonly new: string;
  readonly coloured: boolean;
}

const COLOURS: Readonly<Record<Level, string>> = { error: '\u001b[31m', warning: '\u001b[33m', info: '\u001b[2m' };
const OFF = '\u001b[0m';

/** For people: what breaks first, and at the end what it means for the version. */
export function breakingText(result: Breaking, { old, new: newer, coloured }: TextInputs): string {
  const { changes, leftOut } = result;
  const lines = changes.map((change) => lineOf(change, coloured));
  if (leftOut > 0) lines.push(`and ${leftOut} more`);
  lines.push(`${old} → ${newer}: ${result.verdict}, ${counts(changes)}`, versionLine(result));
  return lines.join('\n');
}

function lineOf({ id, level, operation, path, message }: Change, coloured: boolean): string {
  const mark = level.padEnd(7);
  const place = [operation, path].filter((part) => part !== '').join(' ');
  return `${coloured ? COLOURS[level] + mark + OFF : mark}  ${place === '' ? '' : `${place}: `}${message} [${id}]`;
}

function counts(changes: readonly Change[]): string {
  if (changes.length === 0) return 'no changes';
  return (['error', 'warning', 'info'] as const)
    .map((level) => [level, changes.filter((change) => change.level === level).length] as const)
    .filter(([, count]) => count > 0)
    .map(([level, count]) => `${count} ${level}${count > 1 && level !== 'info' ? 's' : ''}`)
    .join(', ');
}

function versionLine({ semver, version, changes }: Breaking): string {
  if (changes.length === 0) return 'the version may stay or get a patch';
  const asks = `this asks for a ${semver} version`;
  if (version.old === version.new) return `${asks}; info.version is ${version.old} in both`;
  return `${asks}; ${version.old} → ${version.new} is ${version.enough ? 'enough' : 'not enough'}`;
}
