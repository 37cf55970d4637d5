import type { Labels } from './reading.ts';

export type Severity = 'critical' | 'warning' | 'info';

export interface MessageKey {
  readonly labels: Labels;
  readonly state: 'firing' | 'resolved';
  readonly note: string;
  readonly since: string;
}

/** What people and programs are told of a rule: one message for all of its keys that have changed in a look. */
export interface AlertMessage {
  readonly state: 'firing' | 'resolved' | 'unknown' | 'known' | 'test';
  readonly rule: {
    readonly kind: 'alert' | 'objective' | 'contact';
    readonly id: string;
    readonly name: string;
    readonly severity: Severity;
    readonly runbook?: string | undefined;
  };
  readonly workspace: string;
  readonly text: string;
  readonly keys: readonly MessageKey[];
  /** Keys that are not listed. */
  readonly more: number;
}

/** So many are listed. */
export const KEYS_SHOWN_MAX = 20;

export function namesOf(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name} ${value}`);
  return pairs.length === 0 ? 'all calls' : pairs.join(', ');
}

/** What the operator wants to be said first, filled in. */
export function filledIn(template: string, { rule, keys, more }: Pick<AlertMessage, 'rule' | 'keys' | 'more'>): string {
  const values: Readonly<Record<string, string>> = {
    rule: rule.name,
    severity: rule.severity,
    count: String(keys.length + more),
    keys: keys.map(({ labels }) => namesOf(labels)).join('; '),
  };
  return template.replaceAll(/\{(rule|severity|count|keys)\}/g, (_, name: string) => values[name] ?? '');
}

const WORDS: Readonly<Record<AlertMessage['state'], string>> = {
  firing: 'Firing',
  resolved: 'Resolved',
  unknown: 'Unknown',
  known: 'Known again',
  test: 'Test',
};

/** In a line. */
export function subjectOf({ state, rule, keys, more, workspace }: AlertMessage): string {
  const [first] = keys;
  const count = keys.length + more;
  const what = first === undefined ? '' : count === 1 ? `: ${namesOf(first.labels)}` : `: ${count} keys`;
  return oneLine(`[${WORDS[state]}] ${rule.name}${what} (${rule.severity}, ${workspace})`);
}

export function linesOf({ text, keys, more, rule }: AlertMessage): readonly string[] {
  return [
    ...(text === '' ? [] : [text, '']),
    ...keys.map(({ labels, state, note, since }) => `${state}: ${namesOf(labels)}: ${note} (since ${since})`),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...(rule.runbook === undefined ? [] : ['', `What to do: ${rule.runbook}`]),
  ];
}

export function mailOf(message: AlertMessage): { readonly subject: string; readonly text: string } {
  return { subject: subjectOf(message), text: `${linesOf(message).join('\n')}\n` };
}

/** What an incoming webhook of Slack takes, and those that are made like it. */
export function slackOf(message: AlertMessage): { readonly text: string } {
  return { text: [`*${slackText(subjectOf(message))}*`, ...linesOf(message).map(slackText)].join('\n') };
}

/** The three characters that Slack gives a meaning to. */
export function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Names come from callers, too: nothing of them ends a line. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 200);
}
