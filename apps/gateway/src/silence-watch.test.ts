import { beforeEach, describe, expect, it } from 'vitest';
import { SilenceWatch } from './silence-watch.ts';

let silent: string[];
let watch: SilenceWatch<string>;
beforeEach(() => {
  silent = [];
  watch = new SilenceWatch(3, (who) => silent.push(who));
});

function ticks(count: number, each: () => void = () => {}): void {
  for (let n = 0; n < count; n++) {
    each();
    watch.tick();
  }
}

describe('a watch for silence', () => {
  it('tells once of whoever has said nothing for so many ticks', () => {
    watch.heard('a');
    watch.heard('b');
    ticks(2, () => watch.heard('b'));
    expect(silent).toEqual([]);
    ticks(20, () => watch.heard('b'));
    expect(silent).toEqual(['a']);
  });

  it('begins again with every word', () => {
    watch.heard('a');
    ticks(2);
    watch.heard('a');
    ticks(2);
    expect(silent).toEqual([]);
    ticks(1);
    watch.heard('a');
    ticks(3);
    expect(silent).toEqual(['a', 'a']);
  });

  it('does not listen for who has said nothing yet, or has left', () => {
    watch.heard('a');
    watch.left('a');
    ticks(9);
    expect(silent).toEqual([]);
  });
});
