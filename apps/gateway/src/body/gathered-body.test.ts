import { TimerWheel } from '@gatehouse/http';
import { describe, expect, it } from 'vitest';
import { GatheredBody } from './gathered-body.ts';
import { BodyRoom } from './body-room.ts';

const wheel = new TimerWheel({ tickMs: 50, monotonic: () => 0 });

function body(bytesMax: number, room = new BodyRoom(1000)): GatheredBody {
  return new GatheredBody({ wheel, bytesMax, room });
}

describe('the body of a model call', () => {
  it('is what was sent', () => {
    const one = body(6);
    expect([one.add(Buffer.from('abc'), 0, 3), one.add(Buffer.from('xdefx'), 1, 4)]).toEqual([undefined, undefined]);
    expect(one.take().toString()).toBe('abcdef');
    expect(one.take()).toHaveLength(0);
  });

  it('is refused from the first byte too many', () => {
    const one = body(2);
    expect([one.add(Buffer.from('abc'), 0, 2), one.add(Buffer.from('abc'), 2, 3)]).toEqual([undefined, 'large']);
  });

  it('is refused when those of others leave no room, until they are done with', () => {
    const room = new BodyRoom(5);
    const [first, second, third] = [body(9, room), body(9, room), body(9, room)];
    const add = (one: GatheredBody | undefined): unknown => one?.add(Buffer.from('abc'), 0, 3);
    expect([add(first), add(second)]).toEqual([undefined, 'crowded']);
    second?.drop();
    first?.take();
    expect(add(third)).toBe('crowded');
    first?.drop();
    first?.drop();
    expect([add(third), add(third)]).toEqual([undefined, 'crowded']);
  });
});
