import type { Plugin } from '@gatehouse/plugin';

interface Config {
  readonly from: number;
  readonly to: number;
}

/** Refuses calls outside some hours of the day, in UTC. */
const officeHours: Plugin<Config> = {
  stage: 'admit',
  summary: 'Lets calls through in some hours of the day only.',
  schema: {
    type: 'object',
    required: ['from', 'to'],
    properties: {
      from: { type: 'integer', minimum: 0, maximum: 23, description: 'The first hour, UTC.' },
      to: { type: 'integer', minimum: 1, maximum: 24, description: 'The hour that is no longer one, UTC.' },
    },
  },
  build({ from, to }) {
    return {
      onRequest({ startedAt }) {
        const hour = new Date(startedAt).getUTCHours();
        if (hour >= from && hour < to) return undefined;
        return { code: 'auth.forbidden', detail: `open from ${from} to ${to} o'clock UTC` };
      },
    };
  },
};

export default officeHours;
