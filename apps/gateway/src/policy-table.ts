import type { Snapshot } from '@gatehouse/config';
import { GatehouseError, importText } from '@gatehouse/kernel';
import { policyByName, type PipelineTools, type PolicyDefinition } from '@gatehouse/policies';
import { pluginPolicy } from './plugins/plugin-policy.ts';

/** What the names of policies in a snapshot stand for; loads the plugins among them. */
export async function policyTable({ plugins }: Pick<Snapshot, 'plugins'>): Promise<PipelineTools['find']> {
  if (plugins === undefined) return policyByName;
  const own = new Map<string, PolicyDefinition>();
  for (const [name, { file, code, timeoutMs }] of Object.entries(plugins)) {
    try {
      own.set(name, pluginPolicy(name, await importText(file, code), timeoutMs));
    } catch (error) {
      if (error instanceof GatehouseError) throw error;
      throw new GatehouseError('config.invalid', `the plugin \`${name}\` cannot be loaded: ${String(error)}`);
    }
  }
  return (name) => own.get(name) ?? policyByName(name);
}
