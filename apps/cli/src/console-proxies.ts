import { isNetwork } from '@gatehouse/control';
import { CommandFailure } from './failure.ts';

/** `GATEHOUSE_CONSOLE_PROXIES`: proxies in front of the admin API whose `X-Forwarded-For` is believed. */
export function consoleProxiesOf(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const proxies = (env['GATEHOUSE_CONSOLE_PROXIES'] ?? '').split(',').map((each) => each.trim());
  const named = proxies.filter((each) => each !== '');
  const wrong = named.find((each) => !isNetwork(each));
  if (wrong === undefined) return named;
  throw new CommandFailure(
    `GATEHOUSE_CONSOLE_PROXIES: ${wrong} is neither an address nor a network such as 10.0.0.0/8`,
  );
}
