import { Resolver } from 'node:dns/promises';

/**
 * The addresses of a name, IPv4 first. Not the system's look-up: that waits in one of the few threads that also read
 * files, where a caller's slow names would hold up everybody. So the hosts file is not asked either.
 */
export async function resolveName(
  name: string,
  signal: AbortSignal,
  servers?: readonly string[],
): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const leave = (): void => resolver.cancel();
  signal.addEventListener('abort', leave);
  try {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
