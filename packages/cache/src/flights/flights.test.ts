import { describe, expect, it } from 'vitest';
import { createCacheMemory } from '../cache-memory.ts';
import { Flights, type Flight } from './flights.ts';

const NOW = 1_750_000_000_000;

function threads(): Flights[] {
  const memory = createCacheMemory({ bytes: 4096 });
  return [0, 1, 2].map((owner) => new Flights(memory, owner));
}

const begin = (flights: Flights | undefined, key = 'k', nowMs = NOW, waitMs = 1000): Flight => {
  if (flights === undefined) throw new Error('no such thread');
  return flights.begin(key, nowMs, waitMs);
};

const lead = (flight: Flight): Extract<Flight, { kind: 'lead' }>['ticket'] => {
  if (flight.kind !== 'lead') throw new Error(`it is ${flight.kind}`);
  return flight.ticket;
};

describe('a flight', () => {
  it('has one leader over all threads, whom the others wait for', async () => {
    const [one, two, three] = threads();
    const ticket = lead(begin(one));
    const waiting = [begin(two), begin(three), begin(one)];
    expect(waiting.map(({ kind }) => kind)).toEqual(['wait', 'wait', 'wait']);
    setTimeout(() => one?.end(ticket), 5);
    await Promise.all(waiting.map(async (flight) => (flight.kind === 'wait' ? flight.over : undefined)));
    expect(begin(two).kind).toBe('lead');
  });

  it('for one thing keeps nobody from asking for another', () => {
    const [one] = threads();
    expect([begin(one, 'a'), begin(one, 'b')].map(({ kind }) => kind)).toEqual(['lead', 'lead']);
  });

  it('lets those who wait go when they have waited enough', async () => {
    const [one, two] = threads();
    lead(begin(one));
    const flight = begin(two, 'k', NOW, 10);
    await (flight.kind === 'wait' ? flight.over : undefined);
    expect(begin(two).kind).toBe('wait');
  });

  it('that takes too long lets another one begin, and cannot end it', () => {
    const [one, two] = threads();
    const old = lead(begin(one));
    lead(begin(two, 'k', NOW + 5001));
    one?.end(old);
    expect(begin(one, 'k', NOW + 5002).kind).toBe('wait');
  });

  it('that nobody ends gives its place to others in time, and whoever waited for it goes on', async () => {
    const [one, two] = threads();
    const keys = Array.from({ length: 5000 }, (_, index) => `key ${index}`);
    const led = keys.filter((key) => begin(one, key).kind === 'lead');
    const waiting = led.slice(0, 50).map((key) => begin(two, key, NOW, 60_000));
    const later = keys.map((key) => begin(two, `another ${key}`, NOW + 5001).kind);
    expect(later.filter((kind) => kind === 'lead').length).toBeGreaterThan(900);
    // Places that are taken over wake those who wait there: without that this would last a minute.
    const first = await Promise.race(
      waiting.map(async (flight) => (flight.kind === 'wait' ? flight.over.then(() => 'over') : 'no')),
    );
    expect(first).toBe('over');
  });

  it('whose answer is not for sharing lets everybody ask alone for a while', () => {
    const [one, two] = threads();
    one?.end(lead(begin(one)), NOW + 100);
    expect([begin(two).kind, begin(one).kind, begin(two, 'k', NOW + 100).kind]).toEqual(['alone', 'alone', 'lead']);
  });

  it('ends with the thread that led it', async () => {
    const [main, one, two] = threads();
    lead(begin(one));
    const flight = begin(two);
    main?.ownerDied(1);
    await (flight.kind === 'wait' ? flight.over : undefined);
    expect(begin(two).kind).toBe('lead');
  });

  it('of which there are too many at once is nobody’s', () => {
    const [one] = threads();
    const kinds = Array.from({ length: 5000 }, (_, index) => begin(one, `key ${index}`).kind);
    expect(new Set(kinds)).toEqual(new Set(['lead', 'alone']));
  });
});
