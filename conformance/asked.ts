import { skillsFor, type Client } from './clients/client.ts';
import type { Scenario } from './scenario.ts';
import type { Vendor } from './vendors/vendor.ts';

/** The SDK has words for the question, and the vendor's dialect for the answer. */
export function canAsk(client: Client, vendor: Vendor, scenario: Scenario): boolean {
  const able = skillsFor(scenario).every((skill) => !client.lacks.includes(skill));
  return able && vendor.cannot?.includes(scenario.name) !== true;
}
