import { applyEdits, UNREAD, type Edit } from './edits.ts';
import { JsonWalk, type JsonLeaf } from './json-walk.ts';
import type { Place } from './name-paths.ts';
import { startsJson, type Redactor } from './redactor.ts';

/** The data of one event, or one line of JSON lines, with what is changed of it. */
interface Unit {
  readonly text: string;
  readonly edits: Edit[];
  readonly pieces: Piece[];
}

/** A text of an event, which may be a part of one that goes on in the next events. */
interface Piece {
  readonly leaf: JsonLeaf | undefined;
  readonly text: string;
  readonly edits: Edit[];
}

/** Parts of one text in the order in which they came. */
interface Channel {
  readonly place: Place;
  readonly pieces: Piece[];
}

/** Which block, choice or item an event goes on with. */
const INDEX = /"(?:\w*_)?(?:index|id)"\s*:\s*("[^"]*"|\d+)/gi;
const LINE_END = /\r\n|\n|\r/;

/** Server-sent events: models write what they say a word an event, and a number of a card is not in any one of them. */
export function redactedEvents(text: string, goesOn: boolean, redactor: Redactor): string {
  const events = new Events(goesOn, redactor);
  const out: (string | Unit)[] = [];
  let data: string[] = [];
  const dispatch = (): void => {
    if (data.length > 0) out.push(events.add(data.join('\n')));
    data = [];
  };
  const lines = text.split(LINE_END);
  const last = lines.pop() ?? '';
  for (const line of lines) {
    if (/^data(?::|$)/.test(line)) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    else {
      if (line === '') dispatch();
      out.push(redactedField(line, redactor));
    }
  }
  // Where it was cut off, the event that is not over is not shown.
  if (!goesOn) {
    if (/^data(?::|$)/.test(last)) data.push(last.slice(last[5] === ' ' ? 6 : 5));
    else if (last !== '') out.push(redactedField(last, redactor));
    dispatch();
  }
  events.finish();
  const shown = out.map((each) => (typeof each === 'string' ? each : dataLines(applyEdits(each.text, each.edits))));
  return shown.join('\n') + (last === '' || goesOn ? '\n' : '');
}

/** `event: …`, a comment, or what no reader knows. */
function redactedField(line: string, redactor: Redactor): string {
  const value = line.indexOf(':') + 1;
  return line.slice(0, value) + redactor.redacted(line.slice(value), false);
}

function dataLines(text: string): string {
  return text
    .split('\n')
    .map((line) => `data: ${line}`)
    .join('\n');
}

/** JSON lines. */
export function redactedLines(text: string, goesOn: boolean, redactor: Redactor): string {
  const events = new Events(goesOn, redactor);
  const lines = text.split('\n');
  if (goesOn) lines.pop();
  const units = lines.map((line) => (line.trim() === '' ? line : events.add(line)));
  events.finish();
  return units.map((each) => (typeof each === 'string' ? each : applyEdits(each.text, each.edits))).join('\n');
}

class Events {
  readonly #goesOn: boolean;
  readonly #redactor: Redactor;
  readonly #units: Unit[] = [];
  readonly #channels = new Map<string, Channel>();

  constructor(goesOn: boolean, redactor: Redactor) {
    this.#goesOn = goesOn;
    this.#redactor = redactor;
  }

  add(text: string): Unit {
    const unit: Unit = { text, edits: [], pieces: [] };
    this.#units.push(unit);
    if (!startsJson(text) && !/^\s*"/.test(text)) {
      this.#piece(unit, { leaf: undefined, text, edits: [] }, { key: '', place: [] });
      return unit;
    }
    const index = Array.from(text.matchAll(INDEX), ([, value]) => value).join();
    const walk = new JsonWalk(text, 0, {
      paths: this.#redactor.paths,
      goesOn: false,
      traces: true,
      hide: (edit) => unit.edits.push(edit),
      leaf: (leaf) => {
        const key = leaf.path === undefined ? undefined : `${leaf.path}\n${index}`;
        this.#piece(unit, { leaf, text: leaf.text, edits: [] }, { key, place: leaf.place });
      },
    });
    const { is, end } = walk.walk(this.#redactor.paths.root);
    const over = is === 'whole' && text.slice(end).trim() === '';
    if (!over) unit.edits.push({ start: end, end: text.length, put: UNREAD });
    return unit;
  }

  #piece(unit: Unit, piece: Piece, { key, place }: { readonly key: string | undefined; readonly place: Place }): void {
    unit.pieces.push(piece);
    if (key === undefined) {
      piece.edits.push(...this.#redactor.editsOf(piece.text, false, place));
      return;
    }
    const channel = this.#channels.get(key) ?? { place, pieces: [] };
    channel.pieces.push(piece);
    this.#channels.set(key, channel);
  }

  finish(): void {
    for (const channel of this.#channels.values()) this.#joined(channel);
    for (const { pieces, edits } of this.#units) {
      for (const { leaf, edits: inside, text } of pieces) {
        const edit = leaf === undefined ? undefined : this.#redactor.leafEdit(leaf, inside);
        if (edit !== undefined) edits.push(edit);
        if (leaf === undefined && inside.length > 0)
          edits.push({ start: 0, end: text.length, put: applyEdits(text, inside) });
      }
    }
  }

  #joined({ place, pieces }: Channel): void {
    // Each by itself, too: what is said anew in every event is not what goes on from one to the next.
    if (pieces.length > 1)
      for (const piece of pieces) piece.edits.push(...this.#redactor.pieceEdits(piece.text, place));
    const text = pieces.map((piece) => piece.text).join('');
    const found = this.#redactor.editsOf(text, this.#goesOn, place).toSorted((a, b) => a.start - b.start);
    let start = 0;
    let first = 0;
    for (const piece of pieces) {
      const end = start + piece.text.length;
      while ((found[first]?.end ?? Infinity) <= start) first++;
      for (let i = first; i < found.length; i++) {
        const edit = found[i];
        if (edit === undefined || edit.start >= end) break;
        if (edit.end <= start) continue;
        // It is told of where it begins, and only missing from what follows.
        const put = edit.start >= start ? edit.put : '';
        piece.edits.push({ start: Math.max(0, edit.start - start), end: Math.min(edit.end, end) - start, put });
      }
      start = end;
    }
  }
}
