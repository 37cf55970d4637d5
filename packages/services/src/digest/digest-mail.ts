import type { Parcel } from '../alerts/contact.ts';
import { slackText } from '../alerts/message.ts';
import { ENDING_DAYS, UNUSED_DAYS, type Digest, type Figure } from './digest.ts';

/** Rows below a headline; numbers stand to the right. */
interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const ROWS_MAX = 20;
const count = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const percent = new Intl.NumberFormat('en-US', {
  style: 'percent',
  maximumFractionDigits: 1,
  signDisplay: 'exceptZero',
});
const share = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 1 });
const MICRO = 1_000_000;

const SHOWN: Readonly<Record<Figure['name'], { readonly title: string; readonly show: (value: number) => string }>> = {
  calls: { title: 'Calls', show: (value) => count.format(value) },
  errors: { title: 'Errors (5xx)', show: (value) => count.format(value) },
  p95: { title: '95 % took at most', show: (value) => `${count.format(value)} ms` },
  cost: { title: 'Cost of models', show: (value) => money.format(value / MICRO) },
};

const change = (value: number | null, before: number | null): string =>
  value === null || before === null || before === 0 ? '–' : percent.format((value - before) / before);

/** Those that have something to say. */
function sectionsOf({ figures, movers, objectives, endings, deprecated, unusedKeys = [] }: Digest): readonly Section[] {
  const all: readonly Section[] = [
    {
      title: 'The day',
      head: ['', 'that day', 'to the day before', 'to the week'],
      rows: figures.map(({ name, value, before, week }) => {
        const { title, show } = SHOWN[name];
        return [title, value === null ? '–' : show(value), change(value, before), change(value, week)];
      }),
    },
    {
      title: 'What has changed the most',
      head: ['api', 'calls', 'the day before'],
      rows: movers.map(({ api, calls, before }) => [api, count.format(calls), count.format(before)]),
    },
    {
      title: 'Objectives at risk',
      head: ['objective', 'left of its error budget', ''],
      rows: objectives.map(({ name, left, isFiring }) => [name, share.format(left), isFiring ? 'burns now' : '']),
    },
    {
      title: `What ends within ${ENDING_DAYS} days`,
      head: ['what', 'on'],
      rows: endings.map(({ what, at }) => [what, at]),
    },
    {
      title: 'Deprecated, and still called',
      head: ['version', 'by', 'calls in seven days'],
      rows: deprecated.map(({ version, application, calls }) => [version, application, count.format(calls)]),
    },
    {
      title: `Keys that nobody has used for ${UNUSED_DAYS} days`,
      head: ['application', 'key', 'made on'],
      rows: unusedKeys.map(({ application, key, createdAt }) => [application, key, createdAt]),
    },
  ];
  return all.filter(({ rows }) => rows.length > 0);
}

/** As mail, with and without markup, as a message of Slack, and as data. */
export function digestParcel(digest: Digest): Parcel {
  const sections = sectionsOf(digest);
  const value = (name: Figure['name']): number => digest.figures.find((each) => each.name === name)?.value ?? 0;
  const [calls, errors] = [count.format(value('calls')), count.format(value('errors'))];
  const subject = `Digest of ${digest.workspace} for ${digest.day}: ${calls} calls, ${errors} errors`;
  const text = [subject, ...sections.map(plain)].join('\n\n');
  return {
    type: 'digest.daily',
    mail: { subject, text: `${text}\n`, html: htmlOf(subject, sections) },
    slack: { text: slackText(text) },
    data: { ...digest },
  };
}

function andMore({ rows }: Section): string | undefined {
  return rows.length > ROWS_MAX ? `and ${rows.length - ROWS_MAX} more` : undefined;
}

function plain(section: Section): string {
  const { title, head, rows } = section;
  const lines = rows.slice(0, ROWS_MAX).map(([first = '', ...rest]) => {
    const said = rest.map((cell, index) => [head[index + 1] ?? '', cell].filter((word) => word !== '').join(': '));
    return `- ${first}: ${said.filter((cell) => cell !== '').join(', ')}`;
  });
  const more = andMore(section);
  return [title.toUpperCase(), ...lines, ...(more === undefined ? [] : [more])].join('\n');
}

const CELL = 'padding:4px 16px 4px 0;border-bottom:1px solid #e5e7eb;font-variant-numeric:tabular-nums';

function htmlOf(title: string, sections: readonly Section[]): string {
  const body = sections.map(htmlSection).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head><body style="font:14px/1.5 system-ui,sans-serif;color:#111827;max-width:640px;margin:24px auto;padding:0 16px"><h1 style="font-size:18px">${escaped(title)}</h1>${body}</body></html>`;
}

function htmlSection(section: Section): string {
  const { title, head, rows } = section;
  const cells = (row: readonly string[], tag: 'td' | 'th'): string =>
    row
      .map((cell, index) => {
        const align = index === 0 ? 'left' : 'right';
        return `<${tag} style="${CELL};text-align:${align};font-weight:${tag === 'th' ? 600 : 400}">${escaped(cell)}</${tag}>`;
      })
      .join('');
  const lines = rows.slice(0, ROWS_MAX).map((row) => `<tr>${cells(row, 'td')}</tr>`);
  const more = andMore(section);
  const note = more === undefined ? '' : `<p>${escaped(more)}</p>`;
  return `<h2 style="font-size:15px;margin:24px 0 4px">${escaped(title)}</h2><table style="border-collapse:collapse;width:100%"><tr>${cells(head, 'th')}</tr>${lines.join('')}</table>${note}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Names come from callers, too. */
export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
