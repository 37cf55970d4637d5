/** Counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The text cannot be read as a tree. */
export class UnreadableDocument extends Error {
  override readonly name = 'UnreadableDocument';
  readonly place: Place;

  constructor(message: string, place: Place) {
    super(message);
    this.place = place;
  }
}

/** Thrown by readers, which know offsets only. */
export class UnreadableAt extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Whatever walks a document may then call itself. A real document has some 40 levels. */
export const DEPTH_MAX = 500;

export function tooDeep(offset: number): UnreadableAt {
  return new UnreadableAt(`nests deeper than ${DEPTH_MAX} levels`, offset);
}
