import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import type { LoadedPlugin } from '@gatehouse/config';
import { GatehouseError, importText } from '@gatehouse/kernel';
import { completeConfig, pluginIn } from '@gatehouse/plugin/checking';
import { parseDocument } from 'yaml';

export interface PluginInputs {
  /** The configuration: files are relative to it. */
  readonly file: string;
  readonly readText: (path: string) => string;
}

const FILES_MAX = 100;

/**
 * Loads what stands under `plugins:` of a configuration, by the names of the files as they are written. What is wrong
 * with one is its own entry; what is wrong with the configuration is told by whoever compiles it.
 */
export async function loadPlugins(text: string, inputs: PluginInputs): Promise<ReadonlyMap<string, LoadedPlugin>> {
  const files = filesIn(text).slice(0, FILES_MAX);
  const loaded = new Map<string, LoadedPlugin>();
  for (const file of files) loaded.set(file, await loadPlugin(file, inputs));
  return loaded;
}

/** A file without the word costs nothing. */
function filesIn(text: string): string[] {
  if (!/^["']?plugins["']?\s*:/m.test(text) && !/[{,]\s*["']?plugins["']?\s*:/.test(text)) return [];
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
  if (document.errors.length > 0) return [];
  const root: unknown = document.toJS({ maxAliasCount: 100 });
  const section = fieldOf(root, 'plugins');
  const entries = typeof section === 'object' && section !== null ? Object.values(section) : [];
  return [
    ...new Set(entries.map((entry: unknown) => fieldOf(entry, 'file')).filter((file) => typeof file === 'string')),
  ];
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

async function loadPlugin(name: string, { file: configFile, readText }: PluginInputs): Promise<LoadedPlugin> {
  const file = path.resolve(path.dirname(configFile), name);
  if (!/\.[mc]?[jt]s$/.test(name))
    return { wrong: 'is no TypeScript or JavaScript, write a file that ends in .ts or .js' };
  let source: string;
  try {
    source = readText(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return {
      wrong: code === 'ENOENT' ? 'is not there, write its path relative to this file' : `cannot be read (${code})`,
    };
  }
  let code: string;
  try {
    code = /\.[mc]?ts$/.test(name) ? stripTypeScriptTypes(source) : source;
  } catch (error) {
    return { wrong: `is no TypeScript that can run without a build: ${firstLine(error)}` };
  }
  let exported: unknown;
  try {
    exported = await importText(file, code);
  } catch (error) {
    return { wrong: `cannot be loaded: ${placeOf(error, file)}${firstLine(error)}` };
  }
  const plugin = pluginIn(exported);
  if ('wrong' in plugin) return plugin;
  const { summary, schema } = plugin;
  const parse = (config: unknown): unknown => {
    const complete = completeConfig(schema, config);
    if ('wrong' in complete) throw new GatehouseError('config.invalid', `the config${complete.wrong}`);
    return complete.value;
  };
  return { form: { summary, schema, parse }, file, code };
}

/** `line 3: `, where the error says it. */
function placeOf(error: unknown, file: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const at = stack.indexOf(path.basename(file));
  const line = at < 0 ? undefined : /^[^:\s)]*(?:\?gatehouse=\w+)?:(\d+)/.exec(stack.slice(at))?.[1];
  return line === undefined ? '' : `line ${line}: `;
}

/** Without the mark by which we load it. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n').find((line) => line.trim() !== '') ?? '').replaceAll(/\?gatehouse=\w+/g, '');
}
