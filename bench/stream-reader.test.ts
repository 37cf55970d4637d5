import { describe, expect, it } from 'vitest';
import { BEGIN, DONE, token } from './chat-wire.ts';
import { StreamReader } from './stream-reader.ts';

describe('StreamReader', () => {
  const reply = Buffer.from(BEGIN + token(' word') + token('t12345') + DONE, 'latin1');

  it('counts events, finds the stamp and the end, wherever reads end', () => {
    for (let at = 1; at < reply.length; at++) {
      const reader = new StreamReader();
      // The head comes at once, as it does from a gate.
      if (at < BEGIN.indexOf('\r\n\r\n')) continue;
      expect(reader.take(reply.subarray(0, at), { stamps: true })).toBe(false);
      expect(reader.take(reply.subarray(at), { stamps: true })).toBe(true);
      expect([reader.events, reader.stamp, reader.failed]).toEqual([4, 12345n, false]);
    }
  });

  it('reads the next reply anew, and remembers one that failed', () => {
    const reader = new StreamReader();
    reader.take(reply, { stamps: true });
    expect(reader.take(reply, { stamps: true })).toBe(true);
    expect([reader.events, reader.failed]).toEqual([8, false]);
    reader.take(Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n'), { stamps: false });
    expect(reader.failed).toBe(true);
  });
});
