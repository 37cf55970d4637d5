import { existsSync } from 'node:fs';
import { CommandFailure } from './failure.ts';

/** For commands that read: a database that is not there would be made. */
export function requireStore(place: string): void {
  if (place.includes('://') || existsSync(place)) return;
  throw new CommandFailure(`${place}: there is no store; name its folder with --data, or its --database`);
}
