import { parentPort, workerData } from 'node:worker_threads';
import { compileOrder, type CompiledAside } from './compile-aside.ts';
import { compileText, outcomeOf } from './load-config.ts';
import { readUtf8 } from './read-config.ts';

/** The entry of the thread that `compileAside` starts: one order, one answer. */
const { text, file, env } = compileOrder(workerData);
const documents = new Map<string, string | undefined>();

function readDocument(path: string): string {
  documents.set(path, undefined);
  const document = readUtf8(path);
  documents.set(path, document);
  return document;
}

const outcome = outcomeOf(compileText(text, { file, env, readText: readDocument }));
parentPort?.postMessage({ outcome, documents } satisfies CompiledAside);
