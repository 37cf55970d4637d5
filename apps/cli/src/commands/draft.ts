import { inferDocument, readSamples } from '@gatehouse/governance';
import { stringify } from 'yaml';
import { CommandFailure } from '../failure.ts';
import { readConfigOnce } from '../read-config.ts';

export interface DraftOptions {
  readonly file: string;
  readonly title: string | undefined;
  readonly json: boolean;
  readonly print: (line: string) => void;
  /** On stderr: what is printed is the document. */
  readonly note: (line: string) => void;
}

/** `gatehouse draft FILE` */
export function draft({ file, title, json, print, note }: DraftOptions): void {
  const { samples, unread } = readSamples(readConfigOnce(file));
  if (samples.length === 0) {
    throw new CommandFailure(
      `${file}: holds no calls: write one JSON object a line with method, path and status, or name a HAR file`,
    );
  }
  const { document, leftOut } = inferDocument(samples, title === undefined ? {} : { title });
  print(json ? JSON.stringify(document, null, 2) : stringify(document, { aliasDuplicateObjects: false }).trimEnd());
  if (unread > 0) note(`${unread} ${unread === 1 ? 'line is no call' : 'lines are no calls'}`);
  if (leftOut > 0)
    note(`${leftOut} of ${samples.length} calls were left out: nothing was there, or no document can hold them`);
}
