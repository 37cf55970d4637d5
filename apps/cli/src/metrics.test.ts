import { describe, expect, it } from 'vitest';
import { metrics } from './metrics.ts';

const worker = (index: number) => ({
  worker: index,
  version: 'abc',
  stats: { active: index, connections: 10 + index, requests: 100 + index },
});

describe('metrics', () => {
  const lines = metrics({
    version: 'abc',
    workers: [worker(0), worker(1)],
    restarts: 3,
    recorder: undefined,
    cache: { entries: 3, bytes: 500, bytesMax: 1000 },
  }).split('\n');

  it('counts each worker for itself', () => {
    expect(lines).toEqual(
      expect.arrayContaining([
        'gatehouse_requests_total{worker="0"} 100',
        'gatehouse_requests_total{worker="1"} 101',
        'gatehouse_requests_active{worker="1"} 1',
        'gatehouse_connections{worker="1"} 11',
        'gatehouse_worker_restarts_total 3',
        'gatehouse_snapshot_info{version="abc"} 1',
        'gatehouse_records_lost_total 0',
      ]),
    );
  });

  it('is OpenMetrics: each family announced before its samples, and an end', () => {
    expect(lines.slice(-2)).toEqual(['# EOF', '']);
    let family = '';
    for (const line of lines.slice(0, -2)) {
      const announced = /^# TYPE (\w+) (?:info|counter|gauge)$/.exec(line)?.[1];
      if (announced === undefined)
        expect(line).toMatch(new RegExp(String.raw`^${family}(_total|_info)?(\{\w+="[^"]*"\})? \d+$`));
      else family = announced;
    }
  });
});
