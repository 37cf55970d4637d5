import type { MeaningChange } from '@gatehouse/config';
import type { ConfigPlan, FieldChange, PlannedChange } from '@gatehouse/control';

const MARKS = { create: '+', update: '~', delete: '-', own: '=', release: '-' } as const;
const CHANGE_MARKS = { added: '+', changed: '~', removed: '-' } as const;
const REQUESTS_SHOWN = 3;
const TEXT_MAX = 100;

/** Whether anything is otherwise afterwards than before; who owns something is not that. */
export function isDifferent({ changes, meaning }: Pick<ConfigPlan, 'changes' | 'meaning'>): boolean {
  return changes.some(({ action }) => action !== 'own') || (meaning?.changes ?? []).length > 0;
}

/** A plan as people read it before they agree to it. */
export function planView({ changes, meaning }: Pick<ConfigPlan, 'changes' | 'meaning'>): readonly string[] {
  return [
    ...changes.flatMap(changeView),
    ...(meaning === undefined ? [] : meaningView(meaning.changes)),
    ...(changes.length === 0 ? [] : ['', summary(changes)]),
  ];
}

function changeView({ action, kind, name, parent, fields = [], drift, note }: PlannedChange): readonly string[] {
  const of = parent === undefined ? '' : ` of ${parent}`;
  const notes = [
    ...(action === 'release' ? ['stays, and is served no more by this file'] : []),
    ...(drift === true ? ['changed by hand since it was applied'] : []),
    ...(note === undefined ? [] : [note]),
  ];
  const behind = notes.length === 0 ? '' : `   (${notes.join('; ')})`;
  // Of a new one all is new.
  const shown = action === 'update' ? fields.map(fieldView) : [];
  return [`  ${MARKS[action]} ${kind} ${name}${of}${behind}`, ...shown];
}

function fieldView({ path, before, after }: FieldChange): string {
  return `      ${path}: ${text(before)} → ${text(after)}`;
}

function text(value: unknown): string {
  if (value === undefined) return 'none';
  const written = JSON.stringify(value);
  return written.length > TEXT_MAX ? `${written.slice(0, TEXT_MAX)}…` : written;
}

/** What becomes of requests, most of which concern several in the same way. */
export function meaningView(changes: readonly MeaningChange[]): readonly string[] {
  if (changes.length === 0) return ['', 'Requests fare as before.'];
  const lines = changes.map(({ area, change, subject, detail, requests }) => {
    const whom = requests === undefined ? '' : `   ${requestsView(requests)}`;
    return `  ${CHANGE_MARKS[change]} ${area.padEnd(8)} ${subject}: ${detail}${whom}`;
  });
  return ['', 'What becomes of requests:', ...lines];
}

function requestsView(requests: readonly string[]): string {
  const shown = requests.slice(0, REQUESTS_SHOWN).join(', ');
  return requests.length > REQUESTS_SHOWN ? `${shown} and ${requests.length - REQUESTS_SHOWN} more` : shown;
}

function summary(changes: readonly PlannedChange[]): string {
  const count = (...actions: readonly string[]): number =>
    changes.filter(({ action }) => actions.includes(action)).length;
  const parts = [
    [count('create'), 'to create'],
    [count('update'), 'to change'],
    [count('delete', 'release'), 'to take away'],
    [count('own'), 'to own'],
  ] as const;
  const told = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  return told.join(', ');
}
