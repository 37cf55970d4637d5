import type { SyslogSpec } from '@gatehouse/config';
import type { LineText } from '../sinks/line-text.ts';
import type { Sink } from '../sink.ts';
import { DatagramWire } from './datagram-wire.ts';
import { StreamWire } from './stream-wire.ts';
import { syslogMessage } from './syslog-message.ts';

/** How messages travel. */
export interface SyslogWire {
  /** How many were too long for it. */
  send(messages: readonly string[], signal: AbortSignal): Promise<number>;
  close(): void;
}

/** `node` is the host that messages name. */
export function syslogSink(spec: SyslogSpec, text: LineText, node: string): Sink {
  const wire = spec.transport === 'udp' ? new DatagramWire(spec) : new StreamWire(spec);
  const names = { facility: spec.facility, host: node, appName: spec.appName };
  return {
    async send(items, signal) {
      const messages = items.map((item) => syslogMessage(item, text(item), names));
      const refused = await wire.send(messages, signal);
      return { refused, why: 'too long for a datagram' };
    },
    async close() {
      wire.close();
    },
  };
}
