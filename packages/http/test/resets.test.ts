import { describe, expect, it } from 'vitest';
import { aGet, aPost, aReply, repliesTo } from './ask.ts';
import { gateWith, type Gate, type GateOptions } from './harness.ts';
import { turn, until, type Peer } from './peer.ts';
import { OK } from './raw-upstream.ts';

/*
 * Every way to break, at every stage of an exchange. What is asserted of all of them stands in the harness: each
 * exchange and each leg ends exactly once, every connection is closed once, nothing is left in the pool.
 */

interface Stage {
  readonly caller: Peer;
  readonly gate: Gate;
  /** The upstream's side; waits for it. */
  readonly upstream: () => Promise<Peer>;
}

const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
const SWITCH = `HTTP/1.1 101 Switching Protocols\r\n${UPGRADE}\r\n`;

async function asked({ caller, upstream }: Stage, request: string): Promise<Peer> {
  caller.send(request);
  const peer = await upstream();
  await peer.hears('\r\n\r\n');
  return peer;
}

/** What has happened when the break comes. */
const STAGES: Readonly<Record<string, (stage: Stage) => Promise<unknown>>> = {
  'before a byte': async () => turn(),
  'within the request head': async ({ caller }) => caller.sendPieces(['GET /x HT', 'TP/1.1\r\nHost']),
  'while the upstream is being called': async ({ caller, gate }) => {
    caller.send(aGet());
    await until(() => gate.exchanges.length === 1, 'the request');
  },
  'with a body waiting for the upstream': async ({ caller, gate }) => {
    caller.send(aPost('Content-Length: 100000\r\n', 'b'.repeat(50_000)));
    await until(() => gate.exchanges.length === 1, 'the request');
  },
  'before the reply': async (stage) => asked(stage, aGet()),
  'within the request body': async (stage) => asked(stage, aPost('Content-Length: 10\r\n', 'abc')),
  'within a request chunk': async (stage) => asked(stage, aPost('Transfer-Encoding: chunked\r\n', '5\r\nabc')),
  'after an interim reply': async (stage) => {
    (await asked(stage, aGet())).send('HTTP/1.1 103 Early\r\n\r\n');
    await stage.caller.hears('103');
  },
  'within the reply head': async (stage) =>
    (await asked(stage, aGet())).sendPieces(['HTTP/1.1 200 OK\r\nContent-', 'Len']),
  'within the reply body': async (stage) => {
    (await asked(stage, aGet())).send(aReply('Content-Length: 10\r\n', 'abc'));
    await stage.caller.hears('abc');
  },
  'within a reply chunk': async (stage) => {
    (await asked(stage, aGet())).send(aReply('Transfer-Encoding: chunked\r\n', '5\r\nabc'));
    await stage.caller.hears('abc');
  },
  'within a reply without length': async (stage) => {
    (await asked(stage, aGet())).send(aReply('', 'abc'));
    await stage.caller.hears('abc');
  },
  'within both bodies': async (stage) => {
    (await asked(stage, aPost('Content-Length: 10\r\n', 'abc'))).send(aReply('Content-Length: 10\r\n', 'def'));
    await stage.caller.hears('def');
  },
  'after an early reply': async (stage) => {
    (await asked(stage, aPost('Content-Length: 10\r\n', 'abc'))).send(OK);
    await stage.caller.hears('ok');
  },
  'between two requests': async (stage) => {
    (await asked(stage, aGet())).send(OK);
    await repliesTo(stage.caller);
  },
  'with another request waiting': async (stage) => {
    await asked(stage, aGet() + aGet('', 'GET /next HTTP/1.1'));
  },
  'before a 101': async (stage) => asked(stage, aGet(UPGRADE)),
  'in a tunnel': async (stage) => {
    (await asked(stage, aGet(UPGRADE))).send(SWITCH);
    await stage.caller.hears('101');
    stage.caller.send('ping');
    await (await stage.upstream()).hears('ping');
  },
  'in a reply that the caller does not read': async (stage) => {
    const peer = await asked(stage, aGet());
    stage.caller.socket.pause();
    peer.send(aReply('Content-Length: 30000000\r\n'));
    peer.send(Buffer.alloc(30_000_000));
    await until(() => stage.gate.connections[0]?.wire?.full === true, 'a full caller');
  },
};

const BREAKS: Readonly<Record<string, (peer: Peer) => void>> = {
  resets: (peer) => peer.reset(),
  leaves: (peer) => peer.destroy(),
  'half-closes': (peer) => peer.end(),
  'says something mad': (peer) => peer.send('\u0000\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\n'),
};

const OPTIONS: readonly (readonly [string, GateOptions])[] = [
  ['', {}],
  [', with another leg', { retries: 1 }],
];

describe.each(Object.keys(STAGES))('%s', (stageName) => {
  for (const [breakName, broken] of Object.entries(BREAKS)) {
    for (const [optionName, options] of OPTIONS) {
      it(`the caller ${breakName}${optionName}`, async () => {
        const { gate, upstream } = await gateWith(() => {}, options);
        const caller = await gate.call();
        await STAGES[stageName]?.({ caller, gate, upstream: async () => upstream.peer() });
        broken(caller);
        for (let i = 0; i < 10; i++) await turn();
      });
      it(`the upstream ${breakName}${optionName}`, async () => {
        const { gate, upstream } = await gateWith(() => {}, options);
        const caller = await gate.call();
        await STAGES[stageName]?.({ caller, gate, upstream: async () => upstream.peer() });
        for (const peer of upstream.peers) broken(peer);
        for (let i = 0; i < 10; i++) await turn();
      });
    }
  }
  it('both break at once', async () => {
    const { gate, upstream } = await gateWith(() => {});
    const caller = await gate.call();
    await STAGES[stageName]?.({ caller, gate, upstream: async () => upstream.peer() });
    caller.reset();
    for (const peer of upstream.peers) peer.reset();
    await gate.quiet();
    expect(gate.outcomes).toHaveLength(gate.exchanges.length);
  });
});

describe('the gate itself', () => {
  it('drains: idle connections end at once, busy ones with their reply', async () => {
    const { gate, upstream } = await gateWith(() => {});
    const [idle, busy] = [await gate.call(), await gate.call()];
    busy.send(aGet());
    const peer = await upstream.peer();
    await peer.hears('\r\n\r\n');
    await until(() => gate.connections.length === 2, 'both connections');
    for (const connection of gate.connections) connection.drain();
    expect(await idle.farewell()).toBe('');
    peer.send(OK);
    expect(await busy.farewell()).toMatch(/connection: close\r\n\r\nok$/);
  });
});
