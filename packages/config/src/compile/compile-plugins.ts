import { milliseconds } from '../forms/units.ts';
import { quote } from '../problems/nearest.ts';
import type { Report } from '../problems/report.ts';
import type { PolicyForm } from '../schema/policy-list.ts';
import type { PluginSpec } from '../snapshot.ts';
import { childPath, entryOf, type MapEntry, type SourceNode } from '../source/source-node.ts';
import type { CompileOptions } from './compile-config.ts';

/** What whoever can run code found in the file of a plugin. */
export type LoadedPlugin =
  | {
      /** How its config is written; the name is the file's to give. */
      readonly form: Omit<PolicyForm, 'name'>;
      readonly file: string;
      readonly code: string;
    }
  /** What is wrong, behind the name of the file: `has no default export, …`. */
  | { readonly wrong: string };

type UsablePlugin = Exclude<LoadedPlugin, { readonly wrong: string }>;

interface OwnPolicies {
  readonly forms: readonly PolicyForm[];
  readonly loaded: ReadonlyMap<string, UsablePlugin>;
}

export const NO_PLUGINS: OwnPolicies = { forms: [], loaded: new Map() };

/**
 * The plugins of a file, before the rest of it is read: what may stand in lists of policies depends on them. Only what
 * is in order becomes a policy; what else is wrong with the section is told when it is read with all others.
 */
export function readPlugins(root: SourceNode, options: CompileOptions, report: Report): OwnPolicies {
  const section = entryOf(root, 'plugins')?.node;
  if (section?.kind !== 'map') return NO_PLUGINS;
  const taken = new Set(options.policies.map(({ name }) => name));
  const found = section.entries.flatMap((entry) => {
    const plugin = readPlugin(entry, options, report);
    if (plugin === undefined) return [];
    if (taken.has(entry.key)) {
      const place = { offset: entry.keyOffset, path: childPath('plugins', entry.key) };
      report.problem(place, `${quote(entry.key)} is the name of a policy that is built in, choose another`);
      return [];
    }
    return [[entry.key, plugin] as const];
  });
  return { forms: found.map(([name, { form }]) => ({ name, ...form })), loaded: new Map(found) };
}

function readPlugin(entry: MapEntry, { plugins }: CompileOptions, report: Report): UsablePlugin | undefined {
  const file = entryOf(entry.node, 'file')?.node;
  if (file?.kind !== 'scalar' || file.text === '') return undefined;
  const plugin = plugins?.get(file.text) ?? { wrong: 'cannot be used here, no code can be loaded' };
  if (!('wrong' in plugin)) return plugin;
  report.problem(
    { offset: file.offset, path: childPath(childPath('plugins', entry.key), 'file') },
    `${quote(file.text)} ${plugin.wrong}`,
  );
  return undefined;
}

/** `undefined` for none, so that a snapshot without them stays what it was. */
export function pluginSpecs(
  source: Readonly<Record<string, { readonly timeout: string }>>,
  loaded: OwnPolicies['loaded'],
): Readonly<Record<string, PluginSpec>> | undefined {
  if (loaded.size === 0) return undefined;
  const specs = [...loaded].map(([name, { file, code }]) => {
    const timeoutMs = milliseconds(source[name]?.timeout ?? '5s');
    return [name, { file, code, timeoutMs }] as const;
  });
  return Object.fromEntries(specs);
}
