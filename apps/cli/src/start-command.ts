import { createLogger, systemClock, type LogLevel } from '@gatehouse/kernel';
import type { Command } from 'commander';
import { RunningGatehouse } from './commands/start.ts';
import { CommandFailure } from './failure.ts';
import { placesOf, startOptions, type PlaceFlags } from './options.ts';
import { print, type Terminal } from './terminal.ts';
import { INTERRUPTED, untilStopped } from './until-stopped.ts';

/** What records of broken-off calls may take to reach the disk. */
const CUT_MS = 2000;

interface StartFlags extends PlaceFlags {
  readonly workers: number;
  readonly logLevel: LogLevel;
}

export function defineStart(command: Command, terminal: Terminal): void {
  command.description(
    'run everything in one process; without --config, a demo that needs no account (the default command)',
  );
  for (const option of startOptions()) command.addOption(option);
  command.action(async (flags: StartFlags) => start(flags, terminal));
}

async function start(flags: StartFlags, terminal: Terminal): Promise<void> {
  const { logLevel, workers } = flags;
  const log = createLogger({ level: logLevel, write: (line) => terminal.stderr.write(line), now: systemClock.now });
  const options = { ...placesOf(flags), workers, env: terminal.env, log, logLevel, print: print(terminal) };
  const running = new RunningGatehouse(options);
  let cut = false;
  const stopped = untilStopped(() => {
    if (cut) process.exit(INTERRUPTED);
    cut = true;
    setTimeout(() => process.exit(INTERRUPTED), CUT_MS);
    void running.cut();
  });
  try {
    await Promise.race([running.start(), stopped]);
    await stopped;
  } finally {
    await running.stop();
  }
  if (cut) throw new CommandFailure('', INTERRUPTED);
}
