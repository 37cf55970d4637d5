import type { Plugin } from '@gatehouse/plugin';

interface Config {
  readonly word: string;
}

/** Tells the upstream who calls, in a field of its own, and marks the reply. */
const greet: Plugin<Config> = {
  stage: 'shape',
  summary: 'Greets.',
  schema: {
    type: 'object',
    properties: { word: { type: 'string', default: 'hello', pattern: '^[a-z]{1,20}$', description: 'What is said.' } },
  },
  build({ word }) {
    return {
      onRequest(exchange) {
        exchange.upstreamHeaders.set('x-greeting', `${word} ${exchange.principal?.application ?? 'stranger'}`);
        return undefined;
      },
      onReplyHead(exchange) {
        exchange.replyHeaders.set('x-greeted', 'yes');
      },
    };
  },
};

export default greet;
