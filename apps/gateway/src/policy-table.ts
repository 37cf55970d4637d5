import type { Snapshot } from '@gatehouse/config';
import { policyByName, type PipelineTools } from '@gatehouse/policies';

/** What the names of policies in a snapshot stand for; loads what is not loaded yet. */
export async function policyTable(_snapshot: Snapshot): Promise<PipelineTools['find']> {
  return Promise.resolve(policyByName);
}
