import { expect, it } from 'vitest';
import { consoleProxiesOf } from './console-proxies.ts';

it.each([
  ['nothing', undefined, []],
  ['an empty text', '', []],
  ['addresses and networks', ' 10.0.0.0/8, ::1 ,', ['10.0.0.0/8', '::1']],
])('reads %s', (_, text, expected) => {
  expect(consoleProxiesOf({ GATEHOUSE_CONSOLE_PROXIES: text })).toEqual(expected);
});

it('refuses what is neither', () => {
  expect(() => consoleProxiesOf({ GATEHOUSE_CONSOLE_PROXIES: '10.0.0.1,proxy.internal' })).toThrow(
    'GATEHOUSE_CONSOLE_PROXIES: proxy.internal is neither an address nor a network',
  );
});
