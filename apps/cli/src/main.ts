import { GatehouseError } from '@gatehouse/kernel';
import { CommanderError, type Command } from 'commander';
import { CommandFailure } from './failure.ts';
import { gatehouseProgram } from './program.ts';

/** Options of the program itself; any other option in front means `start`. */
const OWN_OPTIONS: ReadonlySet<string> = new Set(['-h', '--help', '-v', '--version']);

/** The arguments with the command that they mean. */
function withCommand(args: readonly string[]): readonly string[] {
  const [first = '-'] = args;
  return first.startsWith('-') && !OWN_OPTIONS.has(first) ? ['start', ...args] : args;
}

/** What is to be said of it, and the exit code: 2 when the command could not do its work. */
function endOf(error: unknown): readonly [message: string, exitCode: number] {
  if (error instanceof CommandFailure) return [error.message, error.exitCode];
  // Commander has said it already; help and version, when asked for, end here too.
  if (error instanceof CommanderError) return ['', error.exitCode === 0 ? 0 : 2];
  // A thread's error came over as its text, code and all.
  if (error instanceof GatehouseError && error.code === 'config.invalid')
    return [error.detail.replace(/^config\.invalid: /, ''), 2];
  return [error instanceof Error ? (error.stack ?? error.message) : String(error), 2];
}

/** A variable that is set to nothing means what an unset one means; commander would take it for a value. */
function forgetEmptyVariables(program: Command): void {
  const options = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)].flatMap(
    (command) => command.options,
  );
  for (const { envVar } of options) if (envVar !== undefined && env[envVar] === '') delete env[envVar];
}

/** What a pipe does not take at once waits in this process, and would end with it. */
async function exit(code: number): Promise<never> {
  await Promise.all([stdout, stderr].map((stream) => new Promise<void>((done) => stream.write('', () => done()))));
  process.exit(code);
}

const { env, stdout, stderr } = process;
// Whoever reads what we print may leave before us: lines are lost then, the service goes on.
for (const stream of [stdout, stderr]) stream.on('error', () => {});
try {
  const program = gatehouseProgram({ env, stdin: process.stdin, stdout, stderr });
  forgetEmptyVariables(program);
  await program.parseAsync(withCommand(process.argv.slice(2)), { from: 'user' });
  await exit(0);
} catch (error) {
  const [message, exitCode] = endOf(error);
  if (message !== '') stderr.write(`${message}\n`);
  await exit(exitCode);
}
