import { applyEdits, HIDDEN, type Edit } from './edits.ts';
import { decoded, type Redactor } from './redactor.ts';

/** Of `application/x-www-form-urlencoded`, and of a query without its `?`. */
export function formEdits(text: string, goesOn: boolean, redactor: Redactor): readonly Edit[] {
  // Many a client says that it sends a form, and sends JSON.
  if (/^\s*[[{]/.test(text)) return redactor.editsOf(text, goesOn, redactor.paths.root);
  const edits: Edit[] = [];
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('&', start);
    const end = found < 0 ? text.length : found;
    pairEdits(text.slice(start, end), goesOn && found < 0, redactor).forEach((edit) =>
      edits.push({ ...edit, start: edit.start + start, end: edit.end + start }),
    );
    start = end + 1;
  }
  return edits;
}

function pairEdits(pair: string, goesOn: boolean, redactor: Redactor): readonly Edit[] {
  const equals = pair.indexOf('=');
  const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
  const nameEdits = redactor.editsOf(name, goesOn && equals < 0, redactor.paths.root);
  const edits: Edit[] = [];
  const nameEnd = equals < 0 ? pair.length : equals;
  if (nameEdits.length > 0) edits.push({ start: 0, end: nameEnd, put: written(applyEdits(name, nameEdits)) });
  if (equals < 0 || equals + 1 === pair.length) return edits;
  const place = redactor.paths.underField(redactor.paths.root, name);
  const value = { start: equals + 1, end: pair.length };
  if (place === undefined) return [...edits, { ...value, put: HIDDEN }];
  const text = decoded(pair.slice(equals + 1));
  const valueEdits = redactor.editsOf(text, goesOn, place);
  if (valueEdits.length > 0) edits.push({ ...value, put: written(applyEdits(text, valueEdits)) });
  return edits;
}

/** Encoded anew, but for what stands in the place of something. */
function written(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%5B', '[').replaceAll('%5D', ']');
}
