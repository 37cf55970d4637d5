import { compileOrder, type CompiledAside } from './compile-aside.ts';
import { compileText, outcomeOf } from './load-config.ts';
import { readUtf8 } from './read-config.ts';

/** The entry of the process that `compileAside` starts: one order, one answer. */
process.once('message', (message: unknown) => process.send?.(compiled(message), () => process.exit(0)));
process.once('disconnect', () => process.exit(0)); // whoever asked is gone

function compiled(message: unknown): CompiledAside {
  const { text, file, env } = compileOrder(message);
  const documents = new Map<string, string | undefined>();
  const readText = (path: string): string => {
    documents.set(path, undefined);
    const document = readUtf8(path);
    documents.set(path, document);
    return document;
  };
  return { outcome: outcomeOf(compileText(text, { file, env, readText })), documents };
}
