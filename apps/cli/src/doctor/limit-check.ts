import os from 'node:os';
import { maxFiles } from '../metrics/process-facts.ts';
import { counted, doubtful, fine, wrong, type Verdict } from './finding.ts';
import type { Scene } from './scene.ts';

/** A call that is passed on takes two, a gate without any calls some fifty. */
const FILES_WANTED = 4096;
const FILES_LEAST = 128;

/** What the system lets one process have. */
export function limitVerdicts({ options }: Scene): readonly Verdict[] {
  return [filesVerdict(maxFiles()), coresVerdict(options.workers, os.availableParallelism())];
}

export function filesVerdict(files: number | undefined): Verdict {
  if (files === undefined) return fine('how many files may be open, this system does not say');
  if (files === Infinity) return fine('any number of files and sockets may be open');
  const may = `${counted(files, 'file or socket', 'files and sockets')} may be open`;
  if (files >= FILES_WANTED) return fine(may);
  const advice = `${may}, enough for ${Math.floor(files / 2)} calls at once at most; raise it with ulimit -n, or LimitNOFILE= of the service`;
  return files < FILES_LEAST ? wrong(advice) : doubtful(advice);
}

export function coresVerdict(workers: number, cores: number): Verdict {
  const threads = `${counted(workers, 'worker')} on ${counted(cores, 'core')}`;
  return workers <= cores
    ? fine(threads)
    : doubtful(`${threads}: they take turns, which makes calls wait; start with --workers ${cores}`);
}
