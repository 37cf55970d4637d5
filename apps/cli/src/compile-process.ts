import path from 'node:path';
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
  const { text, file, env, documents: given, others } = compileOrder(message);
  const documents = new Map<string, string | undefined>();
  const held =
    given &&
    new Map(Object.entries(given).map(([name, document]) => [path.resolve(path.dirname(file), name), document]));
  const readText = (name: string): string => {
    documents.set(name, undefined);
    const document = held === undefined ? readUtf8(name) : documentOf(held, name);
    documents.set(name, document);
    return document;
  };
  const plugins = await loadPlugins(text, { file, readText });
  const inputs = { file, env, readText, plugins, ...(others !== undefined && { others }) };
  return { outcome: outcomeOf(compileText(text, inputs)), documents };
}

/** What the store holds may name no file of this machine. */
function documentOf(documents: ReadonlyMap<string, string>, name: string): string {
  const document = documents.get(path.resolve(name));
  if (document === undefined) throw Object.assign(new Error('not there'), { code: 'ENOENT' });
  return document;
}
