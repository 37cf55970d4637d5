import { describe, expect, it } from 'vitest';
import type { Address } from './address.ts';
import { takeStartTurn, takeStartTurns } from './start-turn.ts';

/** Ports that nobody listens on: a turn is only a name. */
const at = (port: number, host = '127.0.0.1'): Address => ({ host, port, option: '--listen' });

describe.runIf(process.platform === 'linux')('takeStartTurn', () => {
  it('lets the next one wait until the turn has ended, whatever its address', async () => {
    const end = await takeStartTurn(at(1001));
    let second = false;
    const waiting = takeStartTurn(at(1001, '0.0.0.0')).then((endSecond) => {
      second = true;
      return endSecond;
    });
    const other = await takeStartTurn(at(1002));
    other();
    expect(second).toBe(false);
    end();
    (await waiting)();
  });

  it('does not wait for ever', async () => {
    const end = await takeStartTurn(at(1003));
    await expect(takeStartTurn(at(1003), { waitMs: 0 })).rejects.toThrow(
      '127.0.0.1:1003: another gatehouse has been starting on this port for long; choose another with --listen',
    );
    end();
  });

  it('is taken of several ports in one order, so that nobody waits for who waits for him', async () => {
    const both = [takeStartTurns([at(1005), at(1006)]), takeStartTurns([at(1006), undefined, at(1005)])];
    const first = await Promise.race(both);
    first();
    for (const end of await Promise.all(both)) end();
  });

  it('gives back what it has of several ports when it does not get all', async () => {
    const end = await takeStartTurn(at(1008));
    await expect(takeStartTurns([at(1007), at(1008)], { waitMs: 0 })).rejects.toThrow('127.0.0.1:1008');
    (await takeStartTurn(at(1007), { waitMs: 0 }))();
    end();
  });

  it('has nothing to wait for where any port will do, or where ports are not shared', async () => {
    const options = { waitMs: 0 };
    for (let i = 0; i < 2; i++) await takeStartTurn(at(0), options);
    for (let i = 0; i < 2; i++) await takeStartTurn(at(1004), { ...options, platform: 'darwin' });
  });
});
