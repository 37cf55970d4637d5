import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { streamWire, type SocketWire } from './wire.ts';

function recorded(): { readonly wire: SocketWire; readonly written: unknown[] } {
  const written: unknown[] = [];
  const socket = new net.Socket();
  socket.write = (out: string | Uint8Array): boolean => written.push(out) > 0;
  const nothing = (): void => {};
  const events = { onBytes: nothing, onEnd: nothing, onDrain: nothing, onFull: nothing, onClose: nothing };
  return { wire: streamWire(socket, { ...events, onFault: nothing }), written };
}

describe('a wire', () => {
  it.each([10, 100_000])('writes %i bytes behind what was written before them, copied or not', (count) => {
    for (const how of ['bytes', 'lasting'] as const) {
      const { wire, written } = recorded();
      const body = Buffer.alloc(count, 'x');
      wire.text('head ');
      if (how === 'bytes') wire.bytes(body, 0, count);
      else wire.lasting(body);
      wire.write();
      expect(written.map(String).join('')).toBe(`head ${String(body)}`);
    }
  });

  it('keeps no second body of megabytes while the first one waits', () => {
    const { wire, written } = recorded();
    const body = Buffer.alloc(100_000);
    wire.lasting(body);
    expect(written[0]).toBe(body);
  });
});
