import { InvalidArgumentError, Option, type Command } from 'commander';
import { adminClient, type AdminClient } from '../admin-client.ts';
import { serverOf, serverOptions, someName, type ServerFlags } from '../options.ts';
import { print, type Terminal } from '../terminal.ts';

/** A command of which a failure points at its own help. */
type Added = (parent: Command, name: string) => Command;

interface Flags extends ServerFlags {
  readonly json?: boolean;
}

interface PeriodFlags extends Flags {
  readonly workspace?: string;
  readonly from?: string;
  readonly to?: string;
}

export function defineLedger(
  command: Command,
  { added, terminal }: { readonly added: Added; readonly terminal: Terminal },
): void {
  command.description('what calls to models cost, as chains that show tampering');
  const clientOf = (flags: ServerFlags): AdminClient => adminClient(serverOf(flags, terminal.env));
  const parts = { terminal, clientOf };
  defineVerify(withServer(added(command, 'verify')), parts);
  withServer(added(command, 'export'))
    .description('print every row, a line each, and where the chains end; the audit tells of it')
    .action(async (flags: Flags) => {
      const { exportLedger } = await import('./ledger-commands.ts');
      await exportLedger({ client: clientOf(flags), print: print(terminal) });
    });
  defineChargeBack(withPeriod(added(command, 'charge-back')), parts);
  defineReconcile(withPeriod(added(command, 'reconcile')), parts);
}

interface Parts {
  readonly terminal: Terminal;
  readonly clientOf: (flags: ServerFlags) => AdminClient;
}

function defineVerify(command: Command, { terminal, clientOf }: Parts): void {
  command
    .description('say whether rows are as they were written; of an export, or of the gate')
    .argument('[file]', 'an export, such as ledger.ndjson')
    .option(
      '--head <hash>',
      'of a head that was kept elsewhere: it has to be there; again for further ones',
      (hash: string, hashes: readonly string[]) => [...hashes, hash],
      [],
    )
    .option('--json', 'print the result as JSON')
    .action(async (file: string | undefined, { head, json = false, ...flags }: Flags & { head: readonly string[] }) => {
      const { verifyLedger } = await import('./ledger-commands.ts');
      await verifyLedger({ client: clientOf(flags), file, heads: head, json, print: print(terminal) });
    });
}

function defineChargeBack(command: Command, { terminal, clientOf }: Parts): void {
  command
    .description('print what each team and application has to pay, as a table for spreadsheets')
    .addOption(
      new Option('--by <what>', 'with commas: team, application, provider, model, api, plan').argParser(someName),
    )
    .option('--json', 'print the result as JSON')
    .action(async ({ workspace, from, to, by, json = false, ...flags }: PeriodFlags & { by?: string }) => {
      const { chargeBack } = await import('./ledger-commands.ts');
      await chargeBack({ client: clientOf(flags), workspace, query: { from, to, by }, json, print: print(terminal) });
    });
}

interface ReconcileFlags extends PeriodFlags {
  readonly provider: string;
  readonly tolerance?: string;
  readonly csv?: boolean;
}

function defineReconcile(command: Command, { terminal, clientOf }: Parts): void {
  command
    .description('hold the ledger against a usage or cost export of a vendor, by day and model')
    .argument('<file>', 'of OpenAI or Anthropic, CSV or JSON')
    .addOption(
      new Option('--provider <name>', 'whose export it is, as the configuration calls it')
        .argParser(someName)
        .makeOptionMandatory(),
    )
    .addOption(new Option('--tolerance <percent>', 'by how much both may differ; without it, 1').argParser(percent))
    .option('--csv', 'print the result as a table')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, flags: ReconcileFlags) => {
      const { workspace, provider, from, to, tolerance, csv = false, json = false } = flags;
      const { reconcileLedger } = await import('./ledger-commands.ts');
      const query = { provider, from, to, tolerance };
      const form = json ? 'json' : csv ? 'csv' : 'text';
      await reconcileLedger({ client: clientOf(flags), workspace, file, query, form, print: print(terminal) });
    });
}

function withServer(command: Command): Command {
  for (const option of serverOptions()) command.addOption(option);
  return command;
}

function withPeriod(command: Command): Command {
  return withServer(command)
    .addOption(
      new Option('--workspace <name>', 'of which workspace; without it, of the whole house').argParser(someName),
    )
    .addOption(new Option('--from <when>', 'such as 2026-11-01, or 30d for so long ago').argParser(someName))
    .addOption(new Option('--to <when>', 'the same; what is at it is not in the period').argParser(someName));
}

function percent(text: string): string {
  if (/^\d{1,3}(?:\.\d{1,4})?$/.test(text) && Number(text) <= 100) return text;
  throw new InvalidArgumentError('write a number from 0 to 100, with at most four decimals.');
}
