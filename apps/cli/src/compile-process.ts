import { compileOrder, type CompiledAside } from './compile-aside.ts';
import { compileText, outcomeOf } from './load-config.ts';
import { loadPlugins } from './plugins/load-plugins.ts';
import { readUtf8 } from './read-config.ts';

/** The entry of the process that `compileAside` starts: one order, one answer. */
process.once('message', (message: unknown) => {
  void compiled(message).then((answer) => process.send?.(answer, () => process.exit(0)));
});
process.once('disconnect', () => process.exit(0)); // whoever asked is gone

async function compiled(message: unknown): Promise<CompiledAside> {
  const { text, file, env } = compileOrder(message);
  const documents = new Map<string, string | undefined>();
  const readText = (path: string): string => {
    documents.set(path, undefined);
    const document = readUtf8(path);
    documents.set(path, document);
    return document;
  };
  const plugins = await loadPlugins(text, { file, readText });
  return { outcome: outcomeOf(compileText(text, { file, env, readText, plugins })), documents };
}
