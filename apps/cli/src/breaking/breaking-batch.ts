import path from 'node:path';
import { compareDocuments, UnreadableDocument } from '@gatehouse/governance';
import { CommandFailure } from '../failure.ts';
import { reaches, type Asked } from './asked.ts';
import { readSpec, refusal, rootOfText } from './read-spec.ts';

interface Batch {
  /** What it is called, and whose folder names of files are relative to. */
  readonly file: string;
  readonly text: string;
}

interface Answer {
  readonly line: string;
  readonly found: boolean;
  readonly failed: boolean;
}

/**
 * Judges each line by itself: `{id, old, new}` with documents as objects, as texts or as names of files. A line that
 * cannot be judged is answered with `{id, error}`; the others are judged all the same, and the exit code is 2.
 */
export function breakingBatch({ file, text: batch }: Batch, asked: Asked, print: (line: string) => void): void {
  const folder = path.dirname(file);
  let found = false;
  let failures = 0;
  let lines = 0;
  for (const text of batch.split('\n')) {
    lines += 1;
    if (text.trim() === '') continue;
    const answer = answerTo(text, { asked, folder, number: lines });
    print(answer.line);
    found ||= answer.found;
    failures += Number(answer.failed);
  }
  if (failures > 0)
    throw new CommandFailure(`${file}: ${failures} ${failures === 1 ? 'pair' : 'pairs'} could not be judged`);
  if (found) throw new CommandFailure('', 1);
}

interface LineInputs {
  readonly asked: Asked;
  readonly folder: string;
  readonly number: number;
}

function answerTo(text: string, { asked, folder, number }: LineInputs): Answer {
  let id: unknown = null;
  try {
    const pair = pairIn(text);
    id = pair['id'] ?? null;
    const [old, newer] = (['old', 'new'] as const).map((side) => documentOf(pair[side], side, folder));
    const result = judged([old, newer], asked);
    return { line: JSON.stringify({ id, ...result }), found: reaches(result, asked.failOn), failed: false };
  } catch (error) {
    if (!(error instanceof CommandFailure) && !(error instanceof UnreadableDocument)) throw error;
    return { line: JSON.stringify({ id, error: `line ${number}: ${error.message}` }), found: false, failed: true };
  }
}

function judged([old, newer]: readonly [unknown, unknown], { options }: Asked) {
  try {
    return compareDocuments(old, newer, options);
  } catch (error) {
    throw new CommandFailure(refusal(error));
  }
}

function pairIn(text: string): Readonly<Record<string, unknown>> {
  let pair: unknown;
  try {
    pair = JSON.parse(text);
  } catch (error) {
    throw new CommandFailure(`is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (typeof pair !== 'object' || pair === null || Array.isArray(pair)) {
    throw new CommandFailure('is no object {id, old, new}');
  }
  return { ...pair };
}

/** A text with a line break, or that begins like JSON, is the document itself; any other names a file. */
function documentOf(value: unknown, side: 'old' | 'new', folder: string): unknown {
  if (typeof value === 'string') {
    const inline = /^\s*\{/.test(value) || value.includes('\n');
    return inline ? rootOfText(value, side) : readSpec(path.resolve(folder, value)).root;
  }
  if (value === undefined) throw new CommandFailure(`has no ${side}; write a document, its text or its file`);
  return value;
}
