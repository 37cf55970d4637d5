import net from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatAddress, listenOn, parseAddress, requireApart, requireFree, type Address } from './address.ts';
import { CommandFailure } from './failure.ts';

const at = (host: string, port: number, option = '--listen'): Address => ({ host, port, option });

function server(): net.Server {
  const made = net.createServer();
  onTestFinished(() => void made.close());
  return made;
}

describe('parseAddress', () => {
  const cases: Readonly<Record<string, readonly [string, number]>> = {
    '127.0.0.1:8080': ['127.0.0.1', 8080],
    '127.0.0.1:0': ['127.0.0.1', 0],
    'localhost:65535': ['localhost', 65_535],
    '[::1]:8080': ['::1', 8080],
    '[::]:80': ['::', 80],
    '[::ffff:127.0.0.1]:80': ['::ffff:127.0.0.1', 80],
    ':8080': ['0.0.0.0', 8080],
    'gate.internal:443': ['gate.internal', 443],
  };
  for (const [text, [host, port]] of Object.entries(cases)) {
    it(`reads ${text}`, () => expect(parseAddress(text, '--listen')).toEqual(at(host, port)));
  }

  const refused = ['', '8080', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '127.0.0.1:999999', '127.0.0.1:-1'];
  const stranger = ['::1:8080', '[::1]8080', '[::1', 'a b:80', 'http://127.0.0.1:80', '127.0.0.1:80/', ' :80', ':80 '];
  it.each([...refused, ...stranger])('refuses "%s", and says what would be right', (text) => {
    expect(() => parseAddress(text, '--status')).toThrow(
      new CommandFailure(`--status: "${text}" is no address, write HOST:PORT such as 127.0.0.1:8080`),
    );
  });
});

describe('parseAddress, whatever it is given,', () => {
  it('answers with an address or with words', () => {
    const near = fc.stringMatching(/^[[\]:.0-9a-f]{0,30}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        try {
          const { host, port } = parseAddress(text, '--listen');
          expect(host).toMatch(/^[^\s[\]/]+$/);
          expect(port).toBeLessThanOrEqual(65_535);
        } catch (error) {
          expect(error).toBeInstanceOf(CommandFailure);
        }
      }),
    );
  });
});

describe('formatAddress', () => {
  it('writes what parseAddress reads', () => {
    for (const text of ['127.0.0.1:8080', '[::1]:8080', 'localhost:0'])
      expect(formatAddress(parseAddress(text, '--listen'))).toBe(text);
  });
});

describe('listenOn', () => {
  it('tells the port that was bound where any will do', async () => {
    const listening = server();
    const port = await listenOn(listening, at('127.0.0.1', 0));
    expect(listening.address()).toMatchObject({ address: '127.0.0.1', port });
  });

  it('says that a port is in use', async () => {
    const port = await listenOn(server(), at('127.0.0.1', 0));
    await expect(listenOn(server(), at('127.0.0.1', port))).rejects.toThrow(
      new CommandFailure(`127.0.0.1:${port} is in use; choose another with --listen`),
    );
  });

  it('leaves errors after the start to whoever owns the server', async () => {
    const listening = server();
    await listenOn(listening, at('127.0.0.1', 0));
    expect(listening.listenerCount('error')).toBe(0);
  });

  const codes: Readonly<Record<string, string>> = {
    EADDRINUSE: '10.0.0.1:80 is in use; choose another with --listen',
    EACCES: '10.0.0.1:80 is not for everybody; choose a port above 1023 with --listen',
    EADDRNOTAVAIL: '10.0.0.1:80: this machine has no address 10.0.0.1; choose another with --listen',
    ENOTFOUND: '10.0.0.1:80: nobody knows the host 10.0.0.1; choose another with --listen',
    EAI_AGAIN: '10.0.0.1:80: nobody knows the host 10.0.0.1; choose another with --listen',
    EMFILE: '10.0.0.1:80 cannot be listened on (EMFILE); choose another with --listen',
  };
  for (const [code, message] of Object.entries(codes)) {
    it(`has words for ${code}`, async () => {
      await expect(listenOn(new FailingServer(code), at('10.0.0.1', 80))).rejects.toThrow(new CommandFailure(message));
    });
  }
});

/** Fails to listen as the system would. */
class FailingServer extends net.Server {
  readonly #code: string;

  constructor(code: string) {
    super();
    this.#code = code;
  }

  override listen(): this {
    process.nextTick(() => this.emit('error', Object.assign(new Error('listen'), { code: this.#code })));
    return this;
  }
}

describe('requireFree', () => {
  it('leaves a free port free', async () => {
    const first = server();
    const port = await listenOn(first, at('127.0.0.1', 0));
    await new Promise((resolve) => first.close(resolve));
    await requireFree(at('127.0.0.1', port));
    await requireFree(at('127.0.0.1', port));
  });

  it('finds a port that others would share', async () => {
    const shared = server();
    await new Promise<void>((resolve) =>
      shared.listen({ host: '127.0.0.1', port: 0, reusePort: true }, () => resolve()),
    );
    const address = shared.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(requireFree(at('127.0.0.1', port))).rejects.toThrow(`127.0.0.1:${port} is in use`);
  });
});

describe('requireApart', () => {
  it('refuses one port for two servers', () => {
    const [listen, status] = [at('127.0.0.1', 80), at('127.0.0.1', 80, '--status')];
    expect(() => requireApart(listen, status)).toThrow('--listen and --status are both 127.0.0.1:80');
  });

  it('refuses an address that is part of the other', () => {
    const [everywhere, status] = [at('0.0.0.0', 80), at('127.0.0.1', 80, '--status')];
    expect(() => requireApart(everywhere, status)).toThrow(
      '--listen and --status overlap, 0.0.0.0:80 and 127.0.0.1:80; give each a port of its own',
    );
    expect(() => requireApart(at('127.0.0.1', 80), at('::', 80, '--status'))).toThrow('overlap');
  });

  it('lets other ports, other hosts and any free port pass', () => {
    requireApart(at('127.0.0.1', 80), at('127.0.0.1', 81));
    requireApart(at('127.0.0.1', 80), at('::1', 80));
    requireApart(at('127.0.0.1', 0), at('127.0.0.1', 0));
  });
});
