import { BODY_START, type BodyLine } from '../bodies/body-line.ts';
import { jsonText } from '../json-text.ts';
import { parseLine } from '../parse-line.ts';
import { readSpool } from '../spool/read-spool.ts';

/** All bodies in a folder of exchanges with this id, oldest first. Reads the whole folder. */
export async function bodiesOf(dir: string, id: string, signal?: AbortSignal): Promise<readonly BodyLine[]> {
  const start = `${BODY_START}true,"id":"${jsonText(id)}",`;
  const bodies: BodyLine[] = [];
  for await (const { lines } of readSpool(dir, undefined, signal === undefined ? {} : { signal })) {
    for (const line of lines) {
      const item = line.startsWith(start) ? parseLine(line) : undefined;
      if (item?.kind === 'body') bodies.push(item.body);
    }
  }
  return bodies;
}
