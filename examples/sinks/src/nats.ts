import type { Sink, SinkFactory } from '@gatehouse/telemetry'; // types only
import { connect, type NatsConnection } from '@nats-io/transport-node';

/**
 * Publishes each record to a subject of NATS. Core NATS acknowledges nothing, so a batch counts as taken when the server
 * has answered a ping behind it.
 *
 * ```yaml
 * telemetry:
 *   logs: [ { name: nats, plugin: ./nats.ts, options: { servers: "nats://127.0.0.1:4222", subject: gatehouse.calls } } ]
 * ```
 */
const natsSink: SinkFactory = async ({ servers, subject }, { node }) => {
  if (typeof servers !== 'string' || typeof subject !== 'string') throw new Error('`servers` and `subject` are texts');
  const connection = await connect({ servers, name: `gatehouse ${node}`, maxReconnectAttempts: -1 });
  return publishing(connection, subject);
};
export default natsSink;

function publishing(connection: NatsConnection, subject: string): Sink {
  return {
    async send(items) {
      for (const { line } of items) connection.publish(subject, line);
      await connection.flush();
      return undefined;
    },
    close: async () => connection.close(),
  };
}
