import type { Sink, SinkFactory, SinkItem } from '@gatehouse/telemetry'; // types only
import { Kafka, logLevel, Partitioners, type Message, type Producer } from 'kafkajs';

/**
 * Produces each record to a topic of Kafka, keyed by the application, so that one application's calls stay in order. All
 * replicas acknowledge a batch before it counts as taken.
 *
 * ```yaml
 * telemetry:
 *   logs: [ { name: kafka, plugin: ./kafka.ts, options: { brokers: [ "127.0.0.1:9092" ], topic: gatehouse-calls } } ]
 * ```
 */
const kafkaSink: SinkFactory = async ({ brokers, topic }, { node }) => {
  if (!isTexts(brokers) || typeof topic !== 'string') throw new Error('`brokers` is a list of texts, `topic` a text');
  // The gate tries again by itself, for as long as it takes, and tells its own log of failures.
  const kafka = new Kafka({
    clientId: `gatehouse-${node}`,
    brokers: [...brokers],
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const createPartitioner = Partitioners.DefaultPartitioner;
  const producer = kafka.producer({ allowAutoTopicCreation: false, createPartitioner });
  await producer.connect();
  return producing(producer, topic);
};
export default kafkaSink;

/** What the sink needs of a producer. */
export type BatchProducer = Pick<Producer, 'send' | 'disconnect'>;

export function producing(producer: BatchProducer, topic: string): Sink {
  return {
    async send(items) {
      await producer.send({ topic, acks: -1, messages: items.map(messageOf) });
      return undefined;
    },
    close: async () => producer.disconnect(),
  };
}

function messageOf(item: SinkItem): Message {
  if (item.kind === 'gap') return { key: null, value: item.line };
  return { key: item.record.application ?? null, value: item.line, timestamp: String(item.record.time) };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
