import { applyEdits } from './redact/edits.ts';
import { redactedEvents, redactedLines } from './redact/event-edits.ts';
import { formEdits } from './redact/form-edits.ts';
import type { Redactor } from './redact/redactor.ts';
import { xmlEdits } from './redact/xml-edits.ts';

export type Reading = 'json' | 'lines' | 'events' | 'form' | 'xml' | 'text';

const READINGS: readonly (readonly [RegExp, Reading])[] = [
  [/^application\/(?:x-)?(?:ndjson|jsonl(?:ines)?|json-lines)$/, 'lines'],
  [/[/+]json$/, 'json'],
  [/^text\/event-stream$/, 'events'],
  [/^application\/x-www-form-urlencoded$/, 'form'],
  [/[/+]xml$/, 'xml'],
];

/** How a body of that media type is read; what is not structured in a way that is known is a text. */
export function readingOf(type: string): Reading {
  return READINGS.find(([pattern]) => pattern.test(type))?.[1] ?? 'text';
}

/** Without what may not be shown of it. */
export function redactedBody(text: string, goesOn: boolean, by: { reading: Reading; redactor: Redactor }): string {
  const { redactor } = by;
  const reading = isMeant(text, by.reading);
  switch (reading) {
    case 'json':
      return applyEdits(text, redactor.jsonEdits(text, goesOn));
    case 'lines':
      return redactedLines(text, goesOn, redactor);
    case 'events':
      return redactedEvents(text, goesOn, redactor);
    case 'form':
      return applyEdits(text, formEdits(text, goesOn, redactor));
    case 'xml':
      return applyEdits(text, xmlEdits(text, goesOn, redactor));
    case 'text':
    default:
      return redactor.redacted(text, goesOn);
  }
}

/** XML under the name of a text would not be read by its names. HTML is no XML, and has none that say much. */
function isMeant(text: string, said: Reading): Reading {
  return (said === 'text' || said === 'form') && /^\s*<(?!!doctype html|html)[?!a-z]/i.test(text) ? 'xml' : said;
}
