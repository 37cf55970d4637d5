import { NotOpenApi, parseSpec, TooMuchToCompare, UnreadableDocument, type SpecDocument } from '@gatehouse/governance';
import { CommandFailure } from '../failure.ts';
import { readConfigOnce } from '../read-config.ts';

/** A document in a file, or a CommandFailure that says why there is none. */
export function readSpec(file: string): SpecDocument {
  return parsed(readConfigOnce(file), file);
}

function parsed(text: string, file: string): SpecDocument {
  try {
    return parseSpec(text, file);
  } catch (error) {
    if (!(error instanceof UnreadableDocument)) throw error;
    throw new CommandFailure(`${file}:${error.place.line}:${error.place.column}: ${firstLine(error.message)}`);
  }
}

/** Of a document that stands in a text; JSON, which most are, is read by the faster reader. */
export function rootOfText(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parsed(text, name).root; // YAML, or it says where the JSON is wrong
  }
}

/** What is wrong with documents that cannot be compared. Throws what is our own mistake. */
export function refusal(error: unknown): string {
  if (error instanceof NotOpenApi || error instanceof TooMuchToCompare) return error.message;
  throw error;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
