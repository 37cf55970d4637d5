/** Plays one cell and prints what went over the wire: `node conformance/show.ts "openai chat" anthropic refusal`. */
import { inspect } from 'node:util';
import { lossesOf, play } from './cell.ts';
import { CLIENTS } from './clients/client-table.ts';
import { Fixture } from './fixture.ts';
import { SCENARIOS } from './scenarios/scenarios.ts';
import { VENDORS } from './vendors/vendor-table.ts';

const [clientName, vendorName, scenarioName] = process.argv.slice(2);
const client = CLIENTS.find(({ name }) => name === clientName);
const vendor = VENDORS.find(({ name }) => name === vendorName);
const scenario = SCENARIOS.find(({ name }) => name === scenarioName);
if (client === undefined || vendor === undefined || scenario === undefined) {
  for (const [what, list] of Object.entries({ CLIENTS, VENDORS, SCENARIOS })) {
    process.stdout.write(`${what.toLowerCase()}: ${list.map(({ name }) => `"${name}"`).join(' ')}\n`);
  }
} else {
  const fixture = await Fixture.start();
  for (const stream of [false, true]) {
    const { outcomes, calls, replies, error } = await play(fixture, { client, vendor, scenario, stream });
    const requests = calls.map(({ path, body, complaint }) => ({ path, body, complaint }));
    const shown = { stream, outcomes, requests, statuses: replies.map(({ status }) => status), error };
    process.stdout.write(
      `${inspect({ ...shown, losses: lossesOf({ outcomes, calls, replies, error }) }, { depth: 12 })}\n`,
    );
  }
  await fixture.stop();
}
