import { compareDocuments, CHANGES, type Breaking } from '@gatehouse/governance';
import { CommandFailure } from '../failure.ts';
import { readConfigOnce } from '../read-config.ts';
import { askedOf, reaches, type Asked } from './asked.ts';
import { breakingBatch } from './breaking-batch.ts';
import { breakingSarif } from './breaking-sarif.ts';
import { breakingText } from './breaking-text.ts';
import type { BreakingFlags } from './define-breaking.ts';
import { explained } from './explained.ts';
import { readSpec, refusal } from './read-spec.ts';

export interface BreakingCall {
  readonly old: string | undefined;
  readonly new: string | undefined;
  readonly flags: BreakingFlags;
  /** What came in at the standard input, where the batch is `-`. */
  readonly piped: string;
  /** The output is for eyes. */
  readonly coloured: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly print: (line: string) => void;
}

/** `gatehouse breaking`: exit code 1 when something at or above the failing level was found. */
export function breaking(call: BreakingCall): void {
  const { flags, print } = call;
  if (flags.explain !== undefined) {
    print(explained(flags.explain, CHANGES));
    return;
  }
  if (flags.json === true && flags.sarif === true) throw new CommandFailure('--json and --sarif: choose one');
  const asked = askedOf(flags, call.now);
  if (flags.batch !== undefined) {
    if (call.old !== undefined)
      throw new CommandFailure('--batch: the documents stand in its file, name none beside it');
    if (flags.sarif === true) throw new CommandFailure('--batch answers in JSON lines, leave --sarif out');
    const text = flags.batch === '-' ? call.piped : readConfigOnce(flags.batch);
    breakingBatch({ file: flags.batch, text }, asked, print);
    return;
  }
  one(call, asked);
}

function one({ old, new: newer, flags, coloured, print }: BreakingCall, asked: Asked): void {
  if (old === undefined || newer === undefined) {
    throw new CommandFailure('name two documents: gatehouse breaking OLD NEW');
  }
  const documents = [readSpec(old), readSpec(newer)] as const;
  const result = judged([documents[0].root, documents[1].root], asked, `${old} and ${newer}`);
  if (flags.json === true) print(JSON.stringify(result));
  else if (flags.sarif === true) print(JSON.stringify(breakingSarif(result, { old: documents[0], new: documents[1] })));
  else print(breakingText(result, { old, new: newer, coloured }));
  if (reaches(result, asked.failOn)) throw new CommandFailure('', 1);
}

function judged([old, newer]: readonly [unknown, unknown], asked: Asked, names: string): Breaking {
  try {
    return compareDocuments(old, newer, asked.options);
  } catch (error) {
    throw new CommandFailure(`${names}: ${refusal(error)}`);
  }
}
