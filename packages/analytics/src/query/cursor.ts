/** The record that a page ended with. */
export interface SearchCursor {
  readonly time: number;
  readonly id: string;
}

export function writeCursor({ time, id }: SearchCursor): string {
  return Buffer.from(`${time} ${id}`).toString('base64url');
}

/** Undefined for what is none. */
export function readCursor(text: string): SearchCursor | undefined {
  const [, time, id] = /^(\d{1,15}) (.{1,256})$/su.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  return time === undefined || id === undefined ? undefined : { time: Number(time), id };
}
